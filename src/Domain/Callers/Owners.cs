using QrAi.Domain.Text;

namespace QrAi.Domain.Callers;

/// <summary>
/// Whom sessions belong to: a name that only this page makes. A caller who proves nothing, one with a key, and one with a
/// token of an issuer each get theirs, and a key can never be given a token's.
/// </summary>
public static class Owners
{
    /// <summary>The most characters of an owner's name.</summary>
    public const int MaxLength = 500;

    /// <summary>
    /// The one owner of everything where nobody has to prove who they are. A key may be made for it, to reach what was
    /// there before callers had keys.
    /// </summary>
    public const string Unauthenticated = "anonymous";

    private const string OfTokens = "jwt:";

    /// <summary>The owner whom a token names. Only together do issuer and subject name somebody.</summary>
    /// <param name="issuer">Who made the token.</param>
    /// <param name="subject">Whom it names.</param>
    /// <returns>The owner; null if the names cannot be kept.</returns>
    public static string? OfToken(string issuer, string? subject)
    {
        if (string.IsNullOrWhiteSpace(subject))
            return null;
        var owner = $"{OfTokens}{issuer}#{subject}";
        return IsStorable(owner) ? owner : null;
    }

    /// <summary>Whether a key may be made for an owner.</summary>
    /// <param name="owner">What somebody calls it.</param>
    public static bool MayHaveKeys(string owner) =>
        !string.IsNullOrWhiteSpace(owner)
        && owner == owner.Trim()
        && IsStorable(owner)
        && !owner.StartsWith(OfTokens, StringComparison.OrdinalIgnoreCase);

    // Owners stand in log lines and tables: no control characters.
    private static bool IsStorable(string owner) =>
        owner.Length <= MaxLength && UnicodeText.IsStorable(owner) && !owner.Any(char.IsControl);
}
