using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Makes a provider's reason for its failure safe to log: without quotes of the request, which providers often include, and
/// without anything that resembles a key.
/// </summary>
internal static partial class LoggableReason
{
    private const int MaxLength = 300;

    /// <summary>A message that shares this many consecutive characters with the request quotes it.</summary>
    private const int MinQuoteLength = 12;

    /// <summary>Returns the reason; null if the provider sent none that may be logged.</summary>
    /// <param name="error">The provider's error.</param>
    /// <param name="messages">The messages of the request.</param>
    public static string? Of(ProviderError error, IEnumerable<ChatMessage> messages) => Of(error, TextsOf(messages));

    /// <summary>Returns the reason; null if the provider sent none that may be logged.</summary>
    /// <param name="error">The provider's error.</param>
    /// <param name="texts">The private texts of the request.</param>
    public static string? Of(ProviderError error, IEnumerable<string> texts)
    {
        // A short identifier is safe; anything else may be quoted text.
        var codes = error.Codes.Where(code => Identifier().IsMatch(code)).Distinct();
        var message = error.Message is { } text ? Key().Replace(Shorten(text), "…") : null;
        if (message is not null && texts.Any(text => text.Length > 0 && Quotes(message, text)))
            message = null;
        string?[] parts = [string.Join(' ', codes), message];
        var reason = string.Join(": ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));
        return reason.Length == 0 ? null : reason;
    }

    private static string Shorten(string text) => text.Length <= MaxLength ? text : text[..MaxLength] + "…";

    private static IEnumerable<string> TextsOf(IEnumerable<ChatMessage> messages) =>
        messages
            .Where(sent => sent.Role != ChatRole.System)
            .SelectMany(sent => sent.Contents)
            .Select(content =>
                content switch
                {
                    TextContent text => text.Text,
                    FunctionResultContent { Result: string result } => result,
                    _ => "",
                }
            );

    private static bool Quotes(string message, string text)
    {
        if (text.Length <= MinQuoteLength)
            return message.Contains(text, StringComparison.OrdinalIgnoreCase);
        for (var start = 0; start + MinQuoteLength <= message.Length; start++)
            if (text.AsSpan().Contains(message.AsSpan(start, MinQuoteLength), StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    [GeneratedRegex(@"^[\w.-]{1,64}$", RegexOptions.NonBacktracking)]
    private static partial Regex Identifier();

    [GeneratedRegex(@"(sk-|AIza)[\w*-]+|[A-Za-z0-9+/_-]{32,}", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
