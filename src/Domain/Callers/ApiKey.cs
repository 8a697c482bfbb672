using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ardalis.GuardClauses;
using QrAi.Domain.Text;

namespace QrAi.Domain.Callers;

/// <summary>
/// A key that authenticates a caller as an owner. Only its hash is stored: SHA-256 without salt or iterations is enough,
/// because the key has 256 random bits. Slow hashes protect passwords, which can be guessed.
/// </summary>
public sealed class ApiKey
{
    /// <summary>The maximum length of a name, in code points.</summary>
    public const int MaxNameLength = 100;

    /// <summary>The prefix of every key, by which people and secret scanners recognise it.</summary>
    public const string Prefix = "qrai_";

    private const int RandomBytes = 32;

    /// <summary>The length of a key: the prefix and 43 URL-safe characters.</summary>
    private static readonly int _length = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    /// <summary>The resolution of the time of the last use, so that not every request writes it.</summary>
    private static readonly TimeSpan _useResolution = TimeSpan.FromMinutes(1);

    private ApiKey() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>The name, which describes the purpose of the key.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The owner that the key authenticates.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>The SHA-256 of the key, as 64 hexadecimal digits.</summary>
    public string Hash { get; private init; } = "";

    /// <summary>Whether callers with the key may add and delete documents that all owners can read.</summary>
    public bool MayShare { get; private init; }

    /// <summary>The most that calls of providers for the key may use; none without any.</summary>
    public IReadOnlyList<SpendingLimit> Limits { get; private init; } = [];

    /// <summary>The time of creation.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>The time from which the key is refused; null if it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>The approximate time of the last use, to a minute or two; null if it was never used.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>The time of revocation; null if the key is not revoked.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Creates a key.</summary>
    /// <param name="name">The name, 1–100 characters.</param>
    /// <param name="owner">The owner that the key authenticates.</param>
    /// <param name="expiresAt">The time from which the key is refused, in the future; null if it does not expire.</param>
    /// <param name="now">The current time.</param>
    /// <param name="mayShare">Whether callers with the key may add and delete documents that all owners can read.</param>
    /// <param name="limits">The most that calls of providers for the key may use; null for no limits.</param>
    /// <returns>The stored key, and its secret, which is not stored anywhere.</returns>
    /// <exception cref="ArgumentException">If the name, the owner or the time is invalid.</exception>
    public static (ApiKey Key, string Secret) Create(
        string name,
        string owner,
        DateTimeOffset? expiresAt,
        DateTimeOffset now,
        bool mayShare = false,
        IReadOnlyList<SpendingLimit>? limits = null
    )
    {
        Guard.Against.InvalidText(name, MaxNameLength, nameof(name));
        if (!Owners.CanHaveKeys(owner))
            throw new ArgumentException("cannot have keys", nameof(owner));
        if (expiresAt <= now)
            throw new ArgumentException("must be in the future", nameof(expiresAt));

        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            Name = name,
            Owner = owner,
            Hash = HashOf(secret)!,
            MayShare = mayShare,
            Limits = limits ?? [],
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        return (key, secret);
    }

    /// <summary>Returns the hash of a key; null if the text does not have the format of a key.</summary>
    /// <param name="secret">The text that a caller sent.</param>
    public static string? HashOf(string secret) =>
        secret.Length == _length
        && secret.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64Url.IsValid(secret.AsSpan(Prefix.Length))
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)))
            : null;

    /// <summary>Compares the hash of the key with another one, in constant time.</summary>
    /// <param name="hash">A result of <see cref="HashOf"/>.</param>
    public bool Matches(string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(hash));

    /// <summary>Whether the key is neither revoked nor expired.</summary>
    /// <param name="now">The current time.</param>
    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);

    /// <summary>Whether a use now is to be recorded: the last recorded use is at least a minute old.</summary>
    /// <param name="now">The current time.</param>
    public bool IsUseDue(DateTimeOffset now) => LastUsedAt is not { } last || now - last >= _useResolution;

    /// <summary>Records a use. An earlier time than the recorded one is ignored, because the clocks of replicas differ.</summary>
    /// <param name="at">The time of the use.</param>
    public void RecordUse(DateTimeOffset at)
    {
        if (LastUsedAt is not { } last || at > last)
            LastUsedAt = at;
    }

    /// <summary>Creates a key with the same name, owner, rights and expiry, which replaces this one.</summary>
    /// <param name="keep">The time for which this key stays valid, unless it expires earlier; zero revokes it.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The new key, and its secret, which is not stored anywhere.</returns>
    /// <exception cref="InvalidOperationException">If the key is revoked or expired.</exception>
    public (ApiKey Key, string Secret) Rotate(TimeSpan keep, DateTimeOffset now)
    {
        if (!IsUsable(now))
            throw new InvalidOperationException("The key is revoked or expired.");
        var successor = Create(Name, Owner, ExpiresAt, now, MayShare, Limits);
        if (keep <= TimeSpan.Zero)
            Revoke(now);
        else if (ExpiresAt is not { } end || end > now + keep)
            ExpiresAt = now + keep;
        return successor;
    }

    /// <summary>Revokes the key. A revoked key does not change.</summary>
    /// <param name="now">The current time.</param>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}
