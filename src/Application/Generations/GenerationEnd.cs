using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>How a generation ended.</summary>
/// <param name="Status">Completed, failed or cancelled.</param>
/// <param name="CompletedAt">When.</param>
/// <param name="FinishReason">Of a complete one: why the model stopped, where the provider says.</param>
/// <param name="Usage">What it cost, where the provider says.</param>
/// <param name="Attempts">Every call of a provider, in order.</param>
/// <param name="Error">Of a failed one: why.</param>
public sealed record GenerationEnd(
    MessageStatus Status,
    DateTimeOffset CompletedAt,
    string? FinishReason,
    TokenUsage? Usage,
    IReadOnlyList<Attempt> Attempts,
    AnswerError? Error
)
{
    /// <summary>How an answer ended.</summary>
    public static GenerationEnd Of(Message answer) =>
        new(
            answer.Status,
            answer.CompletedAt!.Value,
            answer.FinishReason,
            answer.Usage,
            answer.Attempts ?? [],
            answer.Error
        );

    /// <summary>How an answer ended, as callers are told of it.</summary>
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
