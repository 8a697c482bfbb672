using System.Text;
using System.Text.RegularExpressions;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>
/// A question that defines how the provider answers. Each call returns a different text, which reveals an answer mixed
/// from two calls.
/// </summary>
/// <param name="Subject">Makes the question unique.</param>
/// <param name="Tokens">The number of tokens; <see cref="Endless"/> for an answer that never ends.</param>
/// <param name="Takes">The time for all tokens; an endless answer has a token every 100 ms.</param>
internal sealed partial record Script(string Subject, int Tokens, TimeSpan Takes)
{
    public const int Endless = 0;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    public string Question => Text.Of($"Tell {Tokens} tokens within {Takes.TotalMilliseconds:0} ms about {Subject}.");

    public static Script New(int tokens, double seconds) =>
        new(Guid.CreateVersion7().ToString("N"), tokens, TimeSpan.FromSeconds(seconds));

    /// <summary>Parses a question; null if it is not a script.</summary>
    public static Script? Parse(string question) =>
        Form().Match(question) is { Success: true } match
            ? new(
                match.Groups["subject"].Value,
                Text.Number(match.Groups["tokens"].Value),
                TimeSpan.FromMilliseconds(Text.Number(match.Groups["ms"].Value))
            )
            : null;

    /// <summary>Returns when a token is due, relative to the first.</summary>
    public TimeSpan Due(int token) => Tokens == Endless ? Beat * token : Takes * token / Tokens;

    /// <summary>Returns a token. Some have surrogate pairs and characters of several bytes.</summary>
    public string Token(int call, int token) =>
        token % 7 == 3 ? "日本語😀 " : Text.Of($"{Subject[^6..]}.{call}.{token} ");

    /// <summary>Returns the complete answer of a call.</summary>
    public string Answer(int call)
    {
        var answer = new StringBuilder();
        for (var token = 0; token < Tokens; token++)
            answer.Append(Token(call, token));
        return answer.ToString();
    }

    [GeneratedRegex(@"^Tell (?<tokens>\d+) tokens within (?<ms>\d+) ms about (?<subject>\w+)\.$")]
    private static partial Regex Form();
}
