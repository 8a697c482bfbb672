using FluentValidation;
using MediatR;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>
/// Makes the requests that follow in a scope an owner's. It is for those who may act for anybody, as whoever runs the
/// program: callers over HTTP prove who they are instead.
/// </summary>
/// <param name="Owner">The owner; null for the one of callers who need not prove who they are.</param>
public sealed record ActFor(string? Owner) : IRequest;

internal sealed class ActForValidator : AbstractValidator<ActFor>
{
    public ActForValidator() =>
        RuleFor(request => request.Owner)
            .Must(owner => owner!.Length <= Owners.MaxLength && !string.IsNullOrWhiteSpace(owner))
            .WithMessage($"must have 1 to {Owners.MaxLength} characters")
            .When(request => request.Owner is not null);
}

internal sealed class ActForHandler(CurrentCaller caller) : IRequestHandler<ActFor>
{
    public Task Handle(ActFor request, CancellationToken cancellationToken)
    {
        caller.Identify(request.Owner ?? Owners.Unauthenticated);
        return Task.CompletedTask;
    }
}
