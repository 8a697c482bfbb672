using FluentValidation;
using MediatR;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>
/// Finds out whose key a caller has sent. A key is looked up by an index, and remembered for <see cref="RecentKeys.Lifetime"/>:
/// after that a revocation counts, whichever process it was made in.
/// </summary>
/// <param name="Key">What the caller sent.</param>
public sealed record AuthenticateKey(string Key) : IRequest<CheckedKey>
{
    /// <summary>Without the key, so that it stands in no log by accident.</summary>
    public override string ToString() => nameof(AuthenticateKey);
}

/// <summary>What a key is worth.</summary>
/// <param name="Owner">Whose sessions it reaches; null if it is refused.</param>
/// <param name="Refusal">Why it is refused, for the log; it names the key by its id, if it is one.</param>
public sealed record CheckedKey(string? Owner, string? Refusal = null);

internal sealed class AuthenticateKeyValidator : AbstractValidator<AuthenticateKey>
{
    // What has not a key's shape is no bad request: it is a caller who is not known.
    public AuthenticateKeyValidator() => RuleFor(request => request.Key).NotNull();
}

internal sealed class AuthenticateKeyHandler(
    IQrAiDbContextFactory databases,
    RecentKeys recent,
    KeyUses uses,
    TimeProvider clock
) : IRequestHandler<AuthenticateKey, CheckedKey>
{
    public async Task<CheckedKey> Handle(AuthenticateKey request, CancellationToken cancellationToken)
    {
        if (ApiKey.HashOf(request.Key) is not { } hash)
            return new CheckedKey(null, "not a key");

        if ((recent.Find(hash) ?? await LookUpAsync(hash, cancellationToken)) is not { } key)
            return new CheckedKey(null, "no such key");

        var now = clock.Now();
        if (!key.IsUsable(now))
            return new CheckedKey(null, $"key {key.Id} is {(key.RevokedAt is null ? "expired" : "revoked")}");
        if (key.IsUseNews(now))
            uses.Note(key.Id, now);
        return new CheckedKey(key.Owner);
    }

    private async Task<ApiKey?> LookUpAsync(string hash, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        await using var database = databases.CreateForService();
        var key = await database.FindKeyAsync(hash, cancellationToken);
        if (key is null || !key.Matches(hash))
            return null;
        recent.Add(key, start);
        return key;
    }
}
