using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>Creates a key.</summary>
/// <param name="Name">The name, which describes the purpose: 1–100 characters.</param>
/// <param name="Owner">The owner that the key authenticates; null to use the name as the owner.</param>
/// <param name="ExpiresAt">The time from which the key is refused; null if it does not expire.</param>
/// <param name="MayShare">Whether callers with the key may add and delete documents that all owners can read.</param>
/// <param name="Limits">The most that calls of providers for the key may use, at most 10 limits; null for none.</param>
public sealed record CreateKey(
    string? Name,
    string? Owner,
    DateTimeOffset? ExpiresAt,
    bool MayShare = false,
    IReadOnlyList<SpendingLimit>? Limits = null
) : IRequest<CreatedKey>;

/// <summary>A new key.</summary>
/// <param name="Key">The stored key.</param>
/// <param name="Secret">The secret, which is not stored.</param>
public sealed record CreatedKey(KeyDto Key, string Secret)
{
    /// <summary>Returns the stored key without the secret, which must not be logged.</summary>
    public override string ToString() => Key.ToString();
}

internal sealed class CreateKeyValidator : AbstractValidator<CreateKey>
{
    private const int MaxLimits = 10;

    public CreateKeyValidator(TimeProvider clock)
    {
        RuleFor(request => request.Name).HumanText(ApiKey.MaxNameLength);
        RuleFor(request => request.Owner ?? (request.Name ?? "").Trim())
            .Must(Owners.CanHaveKeys)
            .WithMessage(
                $"must have 1 to {Owners.MaxLength} characters, no control characters, and not begin with jwt:"
            )
            .When(request => request.Owner is not null || !string.IsNullOrWhiteSpace(request.Name))
            .OverridePropertyName("owner");
        RuleFor(request => request.Limits!.Count)
            .LessThanOrEqualTo(MaxLimits)
            .WithMessage($"must be at most {MaxLimits}")
            .When(request => request.Limits is not null)
            .OverridePropertyName("limit");
        RuleFor(request => request.ExpiresAt)
            .Must(end => end > clock.Now())
            .WithMessage("must be in the future")
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
        var (key, secret) = ApiKey.Create(
            name,
            request.Owner ?? name,
            request.ExpiresAt,
            now,
            request.MayShare,
            request.Limits
        );
        await using var database = databases.CreateForService();
        database.ApiKeys.Add(key);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Only this call knows the id: an earlier attempt was saved, and its confirmation was lost.
        }

        return new CreatedKey(KeyDto.Of(key, now), secret);
    }
}
