using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>What providers have given for an answer by the time it ends, however it ends.</summary>
/// <param name="Content">The text, which every database can keep.</param>
/// <param name="Provider">Who wrote it; null if nobody began.</param>
/// <param name="Model">With which model.</param>
/// <param name="Usage">What it cost, if the provider told.</param>
/// <param name="Attempts">Every call, in order.</param>
public sealed record GeneratedAnswer(
    string Content,
    string? Provider,
    string? Model,
    TokenUsage? Usage,
    IReadOnlyList<Attempt> Attempts
)
{
    /// <summary>Nothing has come.</summary>
    public static GeneratedAnswer Nothing { get; } = new("", null, null, null, []);

    /// <summary>The number of the run that gave it, from 1.</summary>
    public int Run { get; init; } = 1;

    /// <summary>
    /// Of a complete answer: why the model stopped, as OpenAI's protocol names it, such as <c>stop</c> or <c>length</c>. Null
    /// where the provider does not say; what no database can keep, or what is longer than
    /// <see cref="Message.MaxFinishReasonLength"/>, counts as not said.
    /// </summary>
    public string? FinishReason
    {
        get;
        init =>
            field =
                value is { Length: > 0 and <= Message.MaxFinishReasonLength } && UnicodeText.IsStorable(value)
                    ? value
                    : null;
    }
}
