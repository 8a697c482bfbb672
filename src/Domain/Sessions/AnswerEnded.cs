using MediatR;

namespace QrAi.Domain.Sessions;

/// <summary>An answer was completed, failed or was cancelled.</summary>
/// <param name="SessionId">The session of the answer.</param>
/// <param name="AnswerId">The answer.</param>
/// <param name="Status">The final status.</param>
/// <param name="Provider">The provider; null if none started to answer.</param>
/// <param name="Model">The model of the provider.</param>
/// <param name="TotalTokens">The number of tokens, if known.</param>
/// <param name="Attempts">The number of calls of a provider.</param>
/// <param name="Duration">The time from the question to the end.</param>
/// <param name="ErrorCode">The code of the error; null unless the answer failed.</param>
public sealed record AnswerEnded(
    Guid SessionId,
    Guid AnswerId,
    MessageStatus Status,
    string? Provider,
    string? Model,
    int? TotalTokens,
    int Attempts,
    TimeSpan Duration,
    string? ErrorCode
) : INotification;
