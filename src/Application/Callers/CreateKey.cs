using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>Makes a key.</summary>
/// <param name="Name">What it is for: 1–100 characters.</param>
/// <param name="Owner">Whose sessions it reaches; null to give it the owner of its name.</param>
/// <param name="ExpiresAt">From when on it is refused; null for never.</param>
public sealed record CreateKey(string? Name, string? Owner, DateTimeOffset? ExpiresAt) : IRequest<CreatedKey>;

/// <summary>A new key.</summary>
/// <param name="Key">What is kept of it.</param>
/// <param name="Secret">The key itself, which nobody can read again.</param>
public sealed record CreatedKey(KeyDto Key, string Secret)
{
    /// <summary>Without the key, so that it stands in no log by accident.</summary>
    public override string ToString() => Key.ToString();
}

internal sealed class CreateKeyValidator : AbstractValidator<CreateKey>
{
    public CreateKeyValidator(TimeProvider clock)
    {
        RuleFor(request => request.Name).HumanText(ApiKey.MaxNameLength);
        RuleFor(request => request.Owner ?? (request.Name ?? "").Trim())
            .Must(Owners.MayHaveKeys)
            .WithMessage(
                $"must have 1 to {Owners.MaxLength} characters, no control characters, and not begin with jwt:"
            )
            .When(request => request.Owner is not null || !string.IsNullOrWhiteSpace(request.Name))
            .OverridePropertyName("owner");
        RuleFor(request => request.ExpiresAt)
            .Must(end => end > clock.Now())
            .WithMessage("must lie ahead")
            .When(request => request.ExpiresAt is not null)
            .OverridePropertyName("expires");
    }
}

internal sealed class CreateKeyHandler(IQrAiDbContextFactory databases, TimeProvider clock)
    : IRequestHandler<CreateKey, CreatedKey>
{
    public async Task<CreatedKey> Handle(CreateKey request, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var name = request.Name!.Trim();
        var (key, secret) = ApiKey.Create(name, request.Owner ?? name, request.ExpiresAt, now);
        await using var database = databases.CreateForService();
        database.ApiKeys.Add(key);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Only this call knows the id: it is there because a try was saved whose confirmation was lost.
        }

        return new CreatedKey(KeyDto.Of(key, now), secret);
    }
}
