namespace QrAi.Domain.Sessions;

/// <summary>An answer that has ended was to be ended once more.</summary>
/// <param name="answerId">The answer.</param>
/// <param name="status">How it ended the first time.</param>
public sealed class AnswerEndedException(Guid answerId, MessageStatus status)
    : InvalidOperationException($"Answer {answerId} is {status} and can not end again.");
