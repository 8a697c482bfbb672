using FluentValidation;
using MediatR;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>
/// Authenticates a caller by its key. A key is cached for <see cref="ApiKeyCache.Lifetime"/>, after which a revocation by any
/// process is effective.
/// </summary>
/// <param name="Key">The text that the caller sent as its key.</param>
public sealed record AuthenticateKey(string Key) : IRequest<CheckedKey>
{
    /// <summary>Returns the name of the request without the key, which must not be logged.</summary>
    public override string ToString() => nameof(AuthenticateKey);
}

/// <summary>The result of the authentication by a key.</summary>
/// <param name="Owner">The owner that the key authenticates; null if the key is refused.</param>
/// <param name="Refusal">The reason of the refusal, for the log; it identifies an existing key by its id.</param>
/// <param name="MayShare">Whether the caller may add and delete documents that all owners can read.</param>
/// <param name="KeyId">The key; null if it is refused.</param>
/// <param name="IsLimited">Whether the key has limits.</param>
public sealed record CheckedKey(
    string? Owner,
    string? Refusal = null,
    bool MayShare = false,
    Guid? KeyId = null,
    bool IsLimited = false
);

internal sealed class AuthenticateKeyValidator : AbstractValidator<AuthenticateKey>
{
    // A text without the format of a key is not an invalid request: authentication fails.
    public AuthenticateKeyValidator() => RuleFor(request => request.Key).NotNull();
}

internal sealed class AuthenticateKeyHandler(
    IQrAiDbContextFactory databases,
    ApiKeyCache recent,
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
        if (key.IsUseDue(now))
            uses.Add(key.Id, now);
        return new CheckedKey(key.Owner, MayShare: key.MayShare, KeyId: key.Id, IsLimited: key.Limits.Count > 0);
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
