using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// A provider's reason for its failure as it may be logged: without what was asked, which providers like to quote, and without
/// anything that looks like a key.
/// </summary>
internal static partial class LoggableReason
{
    private const int MaxLength = 300;

    /// <summary>A sentence that has this many characters in a row of what was asked quotes it.</summary>
    private const int ShortestQuote = 12;

    /// <summary>The reason; null if the provider gave none.</summary>
    /// <param name="error">What the provider says.</param>
    /// <param name="asked">What it was asked.</param>
    public static string? Of(ProviderError error, IEnumerable<ChatMessage> asked)
    {
        // A known word is a name; a longer one may be anything.
        var words = error.Words.Where(word => Word().IsMatch(word)).Distinct();
        var message = error.Message is { } said ? Key().Replace(Shorten(said), "…") : null;
        if (message is not null && Quotes(message, asked))
            message = null;
        string?[] parts = [string.Join(' ', words), message];
        var reason = string.Join(": ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
        return reason.Length == 0 ? null : reason;
    }

    private static string Shorten(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";

    private static bool Quotes(string message, IEnumerable<ChatMessage> asked) =>
        asked
            .Where(said => said.Role != ChatRole.System)
            .SelectMany(said => said.Contents)
            .Select(content =>
                content switch
                {
                    TextContent text => text.Text,
                    FunctionResultContent { Result: string result } => result,
                    _ => "",
                }
            )
            .Any(text => text.Length > 0 && Quotes(message, text));

    private static bool Quotes(string message, string text)
    {
        if (text.Length <= ShortestQuote)
            return message.Contains(text, StringComparison.OrdinalIgnoreCase);
        for (var start = 0; start + ShortestQuote <= message.Length; start++)
            if (text.AsSpan().Contains(message.AsSpan(start, ShortestQuote), StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    [GeneratedRegex(@"^[\w.-]{1,64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Word();

    [GeneratedRegex(@"(sk-|AIza)[\w*-]+|[A-Za-z0-9+/_-]{32,}", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
