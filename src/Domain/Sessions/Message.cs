using QrAi.Domain.Callers;

namespace QrAi.Domain.Sessions;

/// <summary>A question or an answer. Only its turn changes it.</summary>
public sealed class Message : IOwned
{
    /// <summary>The most characters of a finish reason.</summary>
    public const int MaxFinishReasonLength = 32;

    private Message() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>The session it belongs to.</summary>
    public Guid SessionId { get; private init; }

    /// <summary>Whom it belongs to, as its session does: so no query need look there.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>Of an answer: the question that it answers.</summary>
    public Guid? QuestionId { get; private init; }

    /// <summary>Its place in the session, from 1, without gaps; 0 until the database has numbered it.</summary>
    public int Number { get; private init; }

    /// <summary>Who wrote it.</summary>
    public MessageRole Role { get; private init; }

    /// <summary>The text; of an answer that is still being generated, nothing yet.</summary>
    public string Content { get; private set; } = "";

    /// <summary>Where it is in its life.</summary>
    public MessageStatus Status { get; private set; }

    /// <summary>Of an answer: who wrote it.</summary>
    public string? Provider { get; private set; }

    /// <summary>Of an answer: with which model.</summary>
    public string? Model { get; private set; }

    /// <summary>Of a whole answer: why the model stopped; null where nobody says, and for those of earlier programs.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Of an answer: what it cost.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Of an answer that has ended: every call of a provider.</summary>
    public IReadOnlyList<Attempt>? Attempts { get; private set; }

    /// <summary>Of a failed answer: why.</summary>
    public AnswerError? Error { get; private set; }

    /// <summary>
    /// Of an answer: the number of its run, from 1. It grows by one each time that a provider breaks off, or a process dies,
    /// and another begins again.
    /// </summary>
    public int Run { get; private set; } = 1;

    /// <summary>
    /// Of an answer: how many processes have taken it over. With the worker it names who may write it: a process that was
    /// thought dead and comes back has an earlier number.
    /// </summary>
    public int Takeovers { get; private init; }

    /// <summary>When it was asked; an answer is as old as its question.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When it was whole, failed or cancelled.</summary>
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
            // The next millisecond: ids then sort as the messages do, and two that ask in one session at once write
            // their rows in the same order, instead of waiting for one another.
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
        Error = error;
        CompletedAt = now;
    }
}
