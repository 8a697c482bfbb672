using System.Text;
using System.Text.RegularExpressions;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>
/// A question that says how it is to be answered. Each call of the provider gives another text, so that an answer that
/// was made of two of them is found.
/// </summary>
/// <param name="Subject">What makes the question the only one of its kind.</param>
/// <param name="Tokens">How many tokens the answer has; <see cref="Endless"/> if it never ends.</param>
/// <param name="Takes">How long they take; each of an endless answer takes a tenth of a second.</param>
internal sealed partial record Script(string Subject, int Tokens, TimeSpan Takes)
{
    public const int Endless = 0;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);

    public string Question => Text.Of($"Tell {Tokens} tokens within {Takes.TotalMilliseconds:0} ms about {Subject}.");

    public static Script New(int tokens, double seconds) =>
        new(Guid.CreateVersion7().ToString("N"), tokens, TimeSpan.FromSeconds(seconds));

    /// <summary>What a question says; null if it is not a script's.</summary>
    public static Script? Parse(string question) =>
        Form().Match(question) is { Success: true } match
            ? new(
                match.Groups["subject"].Value,
                Text.Number(match.Groups["tokens"].Value),
                TimeSpan.FromMilliseconds(Text.Number(match.Groups["ms"].Value))
            )
            : null;

    /// <summary>When a token is due, after the first.</summary>
    public TimeSpan Due(int token) => Tokens == Endless ? Beat * token : Takes * token / Tokens;

    /// <summary>A token. Some are of more code units than characters, and of more bytes than code units.</summary>
    public string Token(int call, int token) =>
        token % 7 == 3 ? "日本語😀 " : Text.Of($"{Subject[^6..]}.{call}.{token} ");

    /// <summary>The whole answer that a call gives.</summary>
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
