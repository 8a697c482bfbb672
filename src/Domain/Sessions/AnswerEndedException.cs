namespace QrAi.Domain.Sessions;

/// <summary>Thrown when an answer that has ended is ended a second time.</summary>
/// <param name="answerId">The answer.</param>
/// <param name="status">The final status of the answer.</param>
public sealed class AnswerEndedException(Guid answerId, MessageStatus status)
    : InvalidOperationException($"Answer {answerId} is {status} and cannot end again.");
