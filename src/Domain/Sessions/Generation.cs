namespace QrAi.Domain.Sessions;

/// <summary>What the providers have given for an answer when it ends, however it ends.</summary>
/// <param name="Content">The text so far.</param>
/// <param name="Provider">Who wrote it; null if nobody began.</param>
/// <param name="Model">With which model.</param>
/// <param name="Usage">What it cost, if the provider told.</param>
/// <param name="Attempts">Every call, in order.</param>
public sealed record Generation(
    string Content,
    string? Provider,
    string? Model,
    TokenUsage? Usage,
    IReadOnlyList<Attempt> Attempts
)
{
    /// <summary>
    /// Of a whole answer: why the model stopped, as OpenAI's protocol names it, such as <c>stop</c> or <c>length</c>; at most
    /// <see cref="Message.MaxFinishReasonLength"/> characters, null where nobody says.
    /// </summary>
    public string? FinishReason { get; init; }

    /// <summary>Nothing has come.</summary>
    public static Generation Nothing { get; } = new("", null, null, null, []);
}
