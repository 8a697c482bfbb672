using Ardalis.GuardClauses;
using QrAi.Domain.Events;
using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>A conversation: questions and their answers in order, one open answer at a time.</summary>
public sealed class Session : AggregateRoot
{
    /// <summary>The most code points of a question.</summary>
    public const int MaxQuestionLength = 8_000;

    /// <summary>The most code points of a title.</summary>
    public const int MaxTitleLength = 200;

    /// <summary>How many code points of the first question become the title.</summary>
    public const int TitleFromQuestionLength = 80;

    /// <summary>The title of a session that was opened without one, until its first question.</summary>
    public const string Untitled = "New session";

    private readonly List<Message> _messages = [];

    private Session() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>Whom it belongs to; nobody else ever sees it.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>What it is about.</summary>
    public string Title { get; private set; } = Untitled;

    /// <summary>The title as searches compare it.</summary>
    public string FoldedTitle { get; private set; } = UnicodeText.FoldCase(Untitled);

    /// <summary>How many messages it has, loaded or not.</summary>
    public int MessageCount { get; private set; }

    /// <summary>The answer that is being generated, if one is.</summary>
    public Guid? OpenAnswerId { get; private set; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When something last happened in it.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Grows with every change, so that two changes at once are noticed.</summary>
    public int Version { get; private set; }

    /// <summary>The messages that are loaded, which need not be all.</summary>
    public IReadOnlyCollection<Message> Messages => _messages;

    /// <summary>Opens a session.</summary>
    /// <param name="owner">Whom it belongs to.</param>
    /// <param name="title">1–200 characters, or null to take the first question's.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The title breaks its rules.</exception>
    public static Session Open(string owner, string? title, DateTimeOffset now)
    {
        Guard.Against.NullOrWhiteSpace(owner);
        var session = new Session
        {
            Id = Guid.CreateVersion7(now),
            Owner = owner,
            CreatedAt = now,
            UpdatedAt = now,
        };
        if (title is not null)
            session.SetTitle(title);
        return session;
    }

    /// <summary>Gives the session another title.</summary>
    /// <param name="title">1–200 characters.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The title breaks its rules.</exception>
    public void Rename(string title, DateTimeOffset now)
    {
        SetTitle(title);
        Touch(now);
    }

    /// <summary>Adds a question and the open answer to it.</summary>
    /// <param name="question">1–8,000 characters.</param>
    /// <param name="now">The time.</param>
    /// <returns>The two new messages.</returns>
    /// <exception cref="ArgumentException">The question breaks its rules.</exception>
    /// <exception cref="SessionBusyException">The question before is still being answered.</exception>
    public (Message Question, Message Answer) Ask(string question, DateTimeOffset now)
    {
        Guard.Against.InvalidText(question, MaxQuestionLength, nameof(question));
        if (OpenAnswerId is not null)
            throw new SessionBusyException(Id);

        if (MessageCount == 0 && Title == Untitled)
            SetTitle(UnicodeText.Truncate(question, TitleFromQuestionLength));

        var asked = Message.Question(this, ++MessageCount, question, now);
        var answer = Message.OpenAnswer(asked, ++MessageCount, now);
        _messages.Add(asked);
        _messages.Add(answer);
        OpenAnswerId = answer.Id;
        Touch(now);
        return (asked, answer);
    }

    /// <summary>The open answer is whole.</summary>
    /// <param name="answerId">The open answer, which must be loaded.</param>
    /// <param name="generation">What was generated.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AnswerEndedException">It has ended before.</exception>
    public void CompleteAnswer(Guid answerId, Generation generation, DateTimeOffset now) =>
        EndAnswer(answerId, MessageStatus.Completed, generation, null, now);

    /// <summary>No provider gave the open answer whole.</summary>
    /// <param name="answerId">The open answer, which must be loaded.</param>
    /// <param name="generation">What has come until then.</param>
    /// <param name="error">Why.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AnswerEndedException">It has ended before.</exception>
    public void FailAnswer(Guid answerId, Generation generation, AnswerError error, DateTimeOffset now) =>
        EndAnswer(answerId, MessageStatus.Failed, generation, error, now);

    /// <summary>Someone stopped the open answer.</summary>
    /// <param name="answerId">The open answer, which must be loaded.</param>
    /// <param name="generation">What has come until then; it stays.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AnswerEndedException">It has ended before.</exception>
    public void CancelAnswer(Guid answerId, Generation generation, DateTimeOffset now) =>
        EndAnswer(answerId, MessageStatus.Cancelled, generation, null, now);

    private void EndAnswer(
        Guid answerId,
        MessageStatus status,
        Generation generation,
        AnswerError? error,
        DateTimeOffset now
    )
    {
        var answer =
            _messages.Find(message => message.Id == answerId)
            ?? throw new ArgumentException($"Answer {answerId} is not loaded.", nameof(answerId));
        answer.End(status, generation, error, now);
        OpenAnswerId = null;
        Touch(now);
        Raise(
            new AnswerEnded(
                Id,
                answerId,
                status,
                answer.Provider,
                answer.Model,
                answer.Usage?.TotalTokens,
                generation.Attempts.Count,
                now - answer.CreatedAt,
                error?.Code
            )
        );
    }

    private void SetTitle(string title)
    {
        Title = Guard.Against.InvalidText(title, MaxTitleLength, nameof(title));
        FoldedTitle = UnicodeText.FoldCase(title);
    }

    private void Touch(DateTimeOffset now)
    {
        // Clocks step back, and replicas' clocks differ: a list by latest activity never goes backwards.
        if (now > UpdatedAt)
            UpdatedAt = now;
        Version++;
    }
}
