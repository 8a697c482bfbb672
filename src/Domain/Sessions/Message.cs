using QrAi.Domain.Callers;

namespace QrAi.Domain.Sessions;

/// <summary>A question or an answer. Only its <see cref="Turn"/> changes it.</summary>
public sealed class Message : IOwned
{
    /// <summary>The maximum length of a finish reason, in characters.</summary>
    public const int MaxFinishReasonLength = 32;

    private Message() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>The session of the message.</summary>
    public Guid SessionId { get; private init; }

    /// <summary>The owner: that of the session, repeated here so that queries need no join.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Of an answer: its question.</summary>
    public Guid? QuestionId { get; private init; }

    /// <summary>The position in the session, from 1, without gaps; 0 until the database has assigned it.</summary>
    public int Number { get; private init; }

    /// <summary>The author.</summary>
    public MessageRole Role { get; private init; }

    /// <summary>The text; empty while an answer is being generated.</summary>
    public string Content { get; private set; } = "";

    /// <summary>The status.</summary>
    public MessageStatus Status { get; private set; }

    /// <summary>Of an answer: the provider.</summary>
    public string? Provider { get; private set; }

    /// <summary>Of an answer: the model of the provider.</summary>
    public string? Model { get; private set; }

    /// <summary>Of a complete answer: the finish reason; null if it is unknown, as for answers of earlier versions.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Of an answer: the token usage.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Of an answer that has ended: the calls of providers, in order.</summary>
    public IReadOnlyList<Attempt>? Attempts { get; private set; }

    /// <summary>
    /// Of an answer: the passages that it was given; its text refers to the first one as <c>[1]</c>. Null if there are none.
    /// </summary>
    public IReadOnlyList<SourcePassage>? Sources { get; private set; }

    /// <summary>Of a failed answer: the error.</summary>
    public AnswerError? Error { get; private set; }

    /// <summary>
    /// Of an answer: the number of its run, from 1. Each restart after a failure of a provider or of a process increments
    /// it.
    /// </summary>
    public int Run { get; private set; } = 1;

    /// <summary>
    /// Of an answer: the number of takeovers by other processes. Together with the worker it is a fencing token: a process
    /// that was considered dead and resumes has a lower number, and cannot write.
    /// </summary>
    public int Takeovers { get; private init; }

    /// <summary>The time of the question, also for an answer.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>The time when the message was completed, failed or cancelled; null while it is being generated.</summary>
    public DateTimeOffset? CompletedAt { get; private set; }

    internal static Message Question(Guid sessionId, string owner, int number, string content, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now),
            SessionId = sessionId,
            Owner = owner,
            Number = number,
            Role = MessageRole.User,
            Content = content,
            Status = MessageStatus.Completed,
            CreatedAt = now,
            CompletedAt = now,
        };

    internal static Message OpenAnswer(Message question, int number, DateTimeOffset now) =>
        new()
        {
            // The next millisecond, so that ids sort as the messages do. Concurrent questions of one session then insert
            // their rows in the same order, which avoids deadlocks.
            Id = Guid.CreateVersion7(now.AddMilliseconds(1)),
            SessionId = question.SessionId,
            Owner = question.Owner,
            QuestionId = question.Id,
            Number = number,
            Role = MessageRole.Assistant,
            Status = MessageStatus.Generating,
            CreatedAt = now,
        };

    internal void End(MessageStatus status, GeneratedAnswer generated, AnswerError? error, DateTimeOffset now)
    {
        if (Status != MessageStatus.Generating)
            throw new AnswerEndedException(Id, Status);

        Status = status;
        Run = generated.Run;
        Content = generated.Content;
        Provider = generated.Provider;
        Model = generated.Model;
        FinishReason = generated.FinishReason;
        Usage = generated.Usage;
        Attempts = generated.Attempts;
        Sources = generated.Sources;
        Error = error;
        CompletedAt = now;
    }
}
