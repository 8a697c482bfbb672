using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>The content and metadata of an answer when it ends, whatever its final status.</summary>
/// <param name="Content">The text, in a form that every database can store.</param>
/// <param name="Provider">The provider; null if none started to answer.</param>
/// <param name="Model">The model of the provider.</param>
/// <param name="Usage">The token usage, if the provider reported it.</param>
/// <param name="Attempts">The calls of providers, in order.</param>
public sealed record GeneratedAnswer(
    string Content,
    string? Provider,
    string? Model,
    TokenUsage? Usage,
    IReadOnlyList<Attempt> Attempts
)
{
    /// <summary>An answer without any content.</summary>
    public static GeneratedAnswer Empty { get; } = new("", null, null, null, []);

    /// <summary>The number of the run that generated the content, from 1.</summary>
    public int Run { get; init; } = 1;

    /// <summary>The passages that the answer was given, in the order of their markers; null if there are none.</summary>
    public IReadOnlyList<SourcePassage>? Sources { get; init; }

    /// <summary>
    /// The finish reason of a complete answer in terms of OpenAI's protocol, such as <c>stop</c> or <c>length</c>. Null if
    /// the provider reported none, or one that cannot be stored or is longer than
    /// <see cref="Message.MaxFinishReasonLength"/>.
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
