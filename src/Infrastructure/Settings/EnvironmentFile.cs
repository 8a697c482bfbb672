using System.Text;
using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Settings;

/// <summary>
/// Reads a <c>.env</c> file. A line is <c>NAME=value</c> with or without <c>export</c>, a comment, or blank.
/// <list type="bullet">
/// <item>Within single quotes every character is literal.</item>
/// <item>Within double quotes <c>\n</c>, <c>\r</c>, <c>\t</c>, <c>\"</c>, <c>\\</c> and <c>\$</c> are escapes.</item>
/// <item>Without quotes white space around the value is trimmed, and a <c>#</c> after white space begins a comment.</item>
/// </list>
/// There is no substitution of variables. If a name occurs twice, the last value counts.
/// </summary>
internal static partial class EnvironmentFile
{
    private const int MaxSize = 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The file's name in messages.</param>
    public static SettingsLayer Read(string path, string name)
    {
        var values = new Dictionary<string, string>();
        var problems = new List<SettingProblem>();
        try
        {
            var number = 0;
            foreach (var line in Lines(ReadText(path)))
            {
                number++;
                if (Blank().IsMatch(line))
                    continue;
                if (Assignment().Match(line) is { Success: true } match && ValueOf(match) is { } value)
                    values[match.Groups["name"].Value] = value;
                else
                    // The line itself may contain a secret.
                    problems.Add(
                        new SettingProblem(
                            $"{name}:{number}",
                            $"must be NAME=value, export NAME=value or a # comment, with quotes closed on the line, in {path}"
                        )
                    );
            }
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            values.Clear();
            problems = [new SettingProblem(name, $"must be a file of NAME=value lines that can be read: {path}")];
        }

        return new SettingsLayer(name, values) { Problems = problems };
    }

    private static string ReadText(string path)
    {
        if (new FileInfo(path).Length > MaxSize)
            throw new IOException("It is larger than 1 MiB.");
        // The reader skips a byte order mark.
        using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line);

    private static string? ValueOf(Match match) =>
        match.Groups["single"] is { Success: true } single ? single.Value
        : match.Groups["double"] is { Success: true } quoted ? Unescape(quoted.Value)
        : match.Groups["bare"] is { Success: true } bare && !bare.Value.StartsWith('"') && !bare.Value.StartsWith('\'')
            ? bare.Value
        : null;

    private static string Unescape(string text) =>
        Escape()
            .Replace(
                text,
                escape =>
                    escape.ValueSpan[1] switch
                    {
                        'n' => "\n",
                        'r' => "\r",
                        't' => "\t",
                        var character => character.ToString(),
                    }
            );

    [GeneratedRegex(@"^\s*(#.*)?$")]
    private static partial Regex Blank();

    [GeneratedRegex(
        """
            ^\s*(export\s+)?(?<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=
            (
              \s*'(?<single>[^']*)'(\s+\#.*|\s*)
            | \s*"(?<double>([^"\\]|\\.)*)"(\s+\#.*|\s*)
            | \s+(?<bare>)\#.*
            | \s*(?<bare>(\S+(\s+[^\s\#]\S*)*)?)(\s+\#.*|\s*)
            )$
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Assignment();

    [GeneratedRegex("""\\[nrt"\\$]""")]
    private static partial Regex Escape();
}
