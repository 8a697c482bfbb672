using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>The end of a generation.</summary>
/// <param name="Status">The final status: completed, failed or cancelled.</param>
/// <param name="CompletedAt">The time of the end.</param>
/// <param name="FinishReason">The finish reason of a completed one, if the provider reported it.</param>
/// <param name="Usage">The token usage, if the provider reported it.</param>
/// <param name="Attempts">The calls of providers, in order.</param>
/// <param name="Error">The error of a failed one.</param>
public sealed record GenerationEnd(
    MessageStatus Status,
    DateTimeOffset CompletedAt,
    string? FinishReason,
    TokenUsage? Usage,
    IReadOnlyList<Attempt> Attempts,
    AnswerError? Error
)
{
    /// <summary>Returns the end of an answer.</summary>
    public static GenerationEnd Of(Message answer) =>
        new(
            answer.Status,
            answer.CompletedAt!.Value,
            answer.FinishReason,
            answer.Usage,
            answer.Attempts ?? [],
            answer.Error
        );

    /// <summary>Returns the end of an answer.</summary>
    public static GenerationEnd Of(MessageDto answer) =>
        new(
            answer.Status,
            answer.CompletedAt!.Value,
            answer.FinishReason,
            answer.Usage,
            answer.Attempts ?? [],
            answer.Error
        );
}
