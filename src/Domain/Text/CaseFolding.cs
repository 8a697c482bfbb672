using System.Globalization;
using System.Text;

namespace QrAi.Domain.Text;

/// <summary>
/// Unicode's full case folding (The Unicode Standard, 3.13.3): <c>ß</c> and <c>ẞ</c> become <c>ss</c>. .NET only maps one
/// character to one character.
/// </summary>
internal static class CaseFolding
{
    private static readonly Dictionary<Rune, string> _foldings = Read();

    /// <summary>Replaces each character by its full case folding.</summary>
    /// <param name="text">Well-formed text.</param>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (_foldings.TryGetValue(rune, out var folding))
                folded.Append(folding);
            else
                folded.Append(rune);
        return folded.ToString();
    }

    /// <summary>Reads the lines <c>code; status; mapping;</c>.</summary>
    private static Dictionary<Rune, string> Read()
    {
        using var data = typeof(CaseFolding).Assembly.GetManifestResourceStream("CaseFolding.txt")!;
        using var lines = new StreamReader(data);
        var foldings = new Dictionary<Rune, string>();
        while (lines.ReadLine() is { } line)
            if (!line.StartsWith('#') && line.Split(';') is [var code, _, var mapping, ..])
                foldings.Add(Parse(code), string.Concat(mapping.Trim().Split(' ').Select(one => Parse(one))));
        return foldings;
    }

    private static Rune Parse(string code) =>
        new(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
