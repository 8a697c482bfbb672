using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;

namespace QrAi.WebApi.Commands;

/// <summary>Parses durations of the command line, and reports invalid ones.</summary>
internal static partial class DurationParser
{
    /// <summary>The format, for messages.</summary>
    public const string Format = "a whole number of days, hours or minutes such as 90d, 24h or 30m";

    /// <summary>Parses the duration of an option.</summary>
    /// <param name="result">The argument of the option.</param>
    /// <returns>The duration; zero if it is invalid, with an error added to the result.</returns>
    public static TimeSpan Parse(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (TryParse(text) is { } duration)
            return duration;
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} must be {Format}, or 0, not '{text}'.");
        return default;
    }

    /// <summary>Parses a duration.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration; null if the text is not a duration.</returns>
    public static TimeSpan? TryParse(string text)
    {
        if (text == "0")
            return TimeSpan.Zero;
        if (!Duration().IsMatch(text))
            return null;
        var number = int.Parse(text[..^1], CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            'd' => TimeSpan.FromDays(number),
            'h' => TimeSpan.FromHours(number),
            _ => TimeSpan.FromMinutes(number),
        };
    }

    [GeneratedRegex(@"^[0-9]{1,5}[dhm]\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
