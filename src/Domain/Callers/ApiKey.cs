using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ardalis.GuardClauses;
using QrAi.Domain.Text;

namespace QrAi.Domain.Callers;

/// <summary>
/// A key by which a program proves for whom it asks. Only its hash is kept: SHA-256 without salt or repetition is enough,
/// because the key is 256 random bits. Slow hashes protect what people think up and others can guess.
/// </summary>
public sealed class ApiKey
{
    /// <summary>The most code points of a name.</summary>
    public const int MaxNameLength = 100;

    /// <summary>What every key begins with, so that people and scanners know it for what it is.</summary>
    public const string Prefix = "qrai_";

    private const int RandomBytes = 32;

    /// <summary>The prefix and 43 URL-safe characters.</summary>
    private static readonly int _length = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    /// <summary>How old the time of the last use may be: it is not worth a write for each request.</summary>
    private static readonly TimeSpan _useResolution = TimeSpan.FromMinutes(1);

    private ApiKey() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>What it is for, as people call it.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Whose sessions it reaches.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>SHA-256 of the key, as 64 hexadecimal digits.</summary>
    public string Hash { get; private init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>From when on it is refused; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>About when it was last used, to a minute or two; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>When it was revoked; null if it was not.</summary>
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Makes a key.</summary>
    /// <param name="name">1–100 characters.</param>
    /// <param name="owner">Whose sessions it reaches.</param>
    /// <param name="expiresAt">From when on it is refused, which lies ahead; null for never.</param>
    /// <param name="now">The time.</param>
    /// <returns>The key as it is kept, and the key itself, which is nowhere else and never comes again.</returns>
    /// <exception cref="ArgumentException">Name, owner or time breaks its rules.</exception>
    public static (ApiKey Key, string Secret) Create(
        string name,
        string owner,
        DateTimeOffset? expiresAt,
        DateTimeOffset now
    )
    {
        Guard.Against.InvalidText(name, MaxNameLength, nameof(name));
        if (!Owners.MayHaveKeys(owner))
            throw new ArgumentException("cannot have keys", nameof(owner));
        if (expiresAt <= now)
            throw new ArgumentException("must lie ahead", nameof(expiresAt));

        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            Name = name,
            Owner = owner,
            Hash = HashOf(secret)!,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        return (key, secret);
    }

    /// <summary>The hash by which a key is found; null for what has not a key's shape.</summary>
    /// <param name="secret">What a caller sent.</param>
    public static string? HashOf(string secret) =>
        secret.Length == _length
        && secret.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64Url.IsValid(secret.AsSpan(Prefix.Length))
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret)))
            : null;

    /// <summary>Whether this is the key of a hash; it takes the same time wherever they differ.</summary>
    /// <param name="hash">What <see cref="HashOf"/> gave.</param>
    public bool Matches(string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash), Encoding.ASCII.GetBytes(hash));

    /// <summary>Whether it is taken.</summary>
    /// <param name="now">The time.</param>
    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);

    /// <summary>Whether a use now is worth a note.</summary>
    /// <param name="now">The time.</param>
    public bool IsUseNews(DateTimeOffset now) => LastUsedAt is not { } last || now - last >= _useResolution;

    /// <summary>Notes a use; never backwards, as replicas' clocks differ.</summary>
    /// <param name="at">When it was.</param>
    public void NoteUse(DateTimeOffset at)
    {
        if (LastUsedAt is not { } last || at > last)
            LastUsedAt = at;
    }

    /// <summary>Refuses it from now on. One that is revoked already stays as it is.</summary>
    /// <param name="now">The time.</param>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;
}
