using System.Globalization;
using QrAi.Domain.Text;

namespace QrAi.Application.OwnerData;

/// <summary>Makes names of files that every file system accepts, and that stay in their folder.</summary>
public static class SafeFileName
{
    /// <summary>The maximum length, in code points: file systems allow 255 bytes.</summary>
    public const int MaxLength = 60;

    private const int MaxExtension = 10;
    private const string Forbidden = "/\\:*?\"<>|";

    /// <summary>Returns a name that is similar to a text: other characters become underscores, and a long name keeps its extension.</summary>
    /// <param name="text">Any text.</param>
    public static string Of(string text)
    {
        var name = string.Concat(UnicodeText.ToStorable(text).Select(one => IsAllowed(one) ? one : '_')).Trim(' ', '.');
        if (name.Length == 0)
            return "_";
        if (UnicodeText.CountCharacters(name) <= MaxLength)
            return name;
        var extension = Path.GetExtension(name);
        return UnicodeText.CountCharacters(extension) > MaxExtension
            ? UnicodeText.Truncate(name, MaxLength).TrimEnd(' ', '.')
            : UnicodeText.Truncate(name, MaxLength - MaxExtension).TrimEnd(' ', '.') + extension;
    }

    private static bool IsAllowed(char one) =>
        !Forbidden.Contains(one, StringComparison.Ordinal)
        && char.GetUnicodeCategory(one)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
