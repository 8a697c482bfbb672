using FluentValidation;
using MediatR;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>
/// Sets the owner on whose behalf the following requests of a scope run. It is for operators, who may act for any owner;
/// callers over HTTP authenticate instead.
/// </summary>
/// <param name="Owner">The owner; null for that of unauthenticated callers.</param>
public sealed record ActAsOwner(string? Owner) : IRequest;

internal sealed class ActAsOwnerValidator : AbstractValidator<ActAsOwner>
{
    public ActAsOwnerValidator() =>
        RuleFor(request => request.Owner)
            .Must(owner => owner!.Length <= Owners.MaxLength && !string.IsNullOrWhiteSpace(owner))
            .WithMessage($"must have 1 to {Owners.MaxLength} characters")
            .When(request => request.Owner is not null);
}

internal sealed class ActAsOwnerHandler(CurrentCaller caller) : IRequestHandler<ActAsOwner>
{
    public Task Handle(ActAsOwner request, CancellationToken cancellationToken)
    {
        caller.Identify(request.Owner ?? Owners.Unauthenticated, mayShare: true);
        return Task.CompletedTask;
    }
}
