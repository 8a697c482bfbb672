using QrAi.Domain.Callers;

namespace QrAi.Application.Callers;

/// <summary>A key without its secret, for operators.</summary>
/// <param name="Id">A version 7 UUID.</param>
/// <param name="Name">The name, which describes the purpose.</param>
/// <param name="Owner">The owner that the key authenticates.</param>
/// <param name="MayShare">Whether callers with the key may add and delete documents that all owners can read.</param>
/// <param name="CreatedAt">The time of creation.</param>
/// <param name="ExpiresAt">The time from which the key is refused; null if it does not expire.</param>
/// <param name="LastUsedAt">The approximate time of the last use; null if it was never used.</param>
/// <param name="RevokedAt">The time of revocation; null if the key is not revoked.</param>
/// <param name="Limits">The most that calls of providers for the key may use.</param>
/// <param name="IsUsable">Whether the key is neither revoked nor expired.</param>
public sealed record KeyDto(
    Guid Id,
    string Name,
    string Owner,
    bool MayShare,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt,
    IReadOnlyList<SpendingLimit> Limits,
    bool IsUsable
)
{
    internal static KeyDto Of(ApiKey key, DateTimeOffset now) =>
        new(
            key.Id,
            key.Name,
            key.Owner,
            key.MayShare,
            key.CreatedAt,
            key.ExpiresAt,
            key.LastUsedAt,
            key.RevokedAt,
            key.Limits,
            key.IsUsable(now)
        );
}
