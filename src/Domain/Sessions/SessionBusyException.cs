namespace QrAi.Domain.Sessions;

/// <summary>Thrown when a question is asked while the previous one of the session is still being answered.</summary>
/// <param name="sessionId">The busy session.</param>
public sealed class SessionBusyException(Guid sessionId)
    : InvalidOperationException($"Session {sessionId} is still answering the previous question.");
