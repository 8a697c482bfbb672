using System.Security.Cryptography;
using System.Text;

namespace QrAi.Application.Idempotency;

/// <summary>An idempotency key and the request that it identifies.</summary>
public sealed record IdempotencyKey
{
    /// <summary>The maximum length of a key that a caller chooses, in characters.</summary>
    public const int MaxLength = 255;

    private IdempotencyKey() { }

    /// <summary>The SHA-256 of the caller's key, as 64 hexadecimal digits: a key may contain text that must not be stored.</summary>
    public required string Hash { get; init; }

    /// <summary>The SHA-256 of the request, as 64 hexadecimal digits. The same key with another fingerprint is rejected.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The SHA-256 of the name of one of several parts of a request; empty for a request without parts.</summary>
    public string Part { get; private init; } = "";

    /// <summary>Creates the key of a request.</summary>
    /// <param name="key">The caller's key, 1–255 characters.</param>
    /// <param name="fingerprint">The SHA-256 of the request, as 64 hexadecimal digits.</param>
    public static IdempotencyKey Create(string key, string fingerprint) =>
        new() { Hash = HashOf(key), Fingerprint = fingerprint };

    /// <summary>Returns the key of one part of a request; each part runs once.</summary>
    /// <param name="name">The name of the part, unique within the request.</param>
    public IdempotencyKey ForPart(string name) => this with { Part = HashOf(name) };

    private static string HashOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
