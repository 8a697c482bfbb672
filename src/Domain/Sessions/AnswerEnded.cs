using MediatR;

namespace QrAi.Domain.Sessions;

/// <summary>An answer was completed, failed or was cancelled.</summary>
/// <param name="SessionId">Whose answer.</param>
/// <param name="AnswerId">Which answer.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Provider">Who wrote it, if anybody began.</param>
/// <param name="Model">With which model.</param>
/// <param name="TotalTokens">What it cost, if known.</param>
/// <param name="Attempts">How often a provider was called.</param>
/// <param name="Duration">From the question to the end.</param>
/// <param name="ErrorCode">Why it failed, if it did.</param>
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
