namespace QrAi.Domain.Sessions;

/// <summary>A question was asked while the session still answers the one before.</summary>
/// <param name="sessionId">The busy session.</param>
public sealed class SessionBusyException(Guid sessionId)
    : InvalidOperationException($"Session {sessionId} is still answering the question before.");
