namespace QrAi.Domain.Sessions;

/// <summary>Why an answer failed.</summary>
/// <param name="Code">A stable code, such as <c>provider_failed</c>.</param>
/// <param name="Message">A sentence about the cause, without secrets.</param>
public sealed record AnswerError(string Code, string Message);
