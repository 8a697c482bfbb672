using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>A key as operators see it: everything but the key.</summary>
/// <param name="Id">A version 7 UUID, by which it is revoked.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Owner">Whose sessions it reaches.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is refused; null for never.</param>
/// <param name="LastUsedAt">About when it was last used; null for never.</param>
/// <param name="RevokedAt">When it was revoked; null if it was not.</param>
/// <param name="IsUsable">Whether it is taken now.</param>
public sealed record KeyDto(
    Guid Id,
    string Name,
    string Owner,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt,
    bool IsUsable
)
{
    internal static KeyDto Of(ApiKey key, DateTimeOffset now) =>
        new(
            key.Id,
            key.Name,
            key.Owner,
            key.CreatedAt,
            key.ExpiresAt,
            key.LastUsedAt,
            key.RevokedAt,
            key.IsUsable(now)
        );
}
