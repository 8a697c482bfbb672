using QrAi.Domain.Text;

namespace QrAi.Domain.Callers;

/// <summary>
/// The names of owners. Unauthenticated callers, callers with a key and callers with a token have separate names: a key
/// cannot have the owner of a token.
/// </summary>
public static class Owners
{
    /// <summary>The maximum length of an owner's name, in characters.</summary>
    public const int MaxLength = 500;

    /// <summary>
    /// The owner of everything where authentication is not required. A key can be created for it, to access data from the
    /// time before authentication was required.
    /// </summary>
    public const string Unauthenticated = "anonymous";

    /// <summary>The owner of the usage that is kept of erased owners. Nobody can be this owner.</summary>
    public const string Erased = "(erased)";

    private const string TokenPrefix = "jwt:";

    /// <summary>Returns the owner of a token. A subject is unique only together with its issuer.</summary>
    /// <param name="issuer">The issuer of the token.</param>
    /// <param name="subject">The subject of the token.</param>
    /// <returns>The owner; null if the names cannot be stored.</returns>
    public static string? OfToken(string issuer, string? subject)
    {
        if (string.IsNullOrWhiteSpace(subject))
            return null;
        var owner = $"{TokenPrefix}{issuer}#{subject}";
        return IsStorable(owner) ? owner : null;
    }

    /// <summary>Whether a key can be created for an owner.</summary>
    /// <param name="owner">The name of the owner.</param>
    public static bool CanHaveKeys(string owner) =>
        !string.IsNullOrWhiteSpace(owner)
        && owner == owner.Trim()
        && IsStorable(owner)
        && owner != Erased
        && !owner.StartsWith(TokenPrefix, StringComparison.OrdinalIgnoreCase);

    // Owners appear in log lines and tables: no control characters.
    private static bool IsStorable(string owner) =>
        owner.Length <= MaxLength && UnicodeText.IsStorable(owner) && !owner.Any(char.IsControl);
}
