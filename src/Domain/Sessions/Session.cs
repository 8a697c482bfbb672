using Ardalis.GuardClauses;
using QrAi.Domain.Callers;
using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>A conversation: turns in order, one of them open at a time.</summary>
public sealed class Session : IOwned
{
    /// <summary>The most code points of a question.</summary>
    public const int MaxQuestionLength = 100_000;

    /// <summary>The most code points of a title.</summary>
    public const int MaxTitleLength = 200;

    /// <summary>How many code points of the first question become the title.</summary>
    public const int TitleFromQuestionLength = 80;

    /// <summary>The title of a session that was opened without one, until its first question.</summary>
    public const string Untitled = "New session";

    /// <summary>
    /// What a folded title begins with: the number of the rule that it was folded by, in a character that neither a folded
    /// title nor a folded search has anywhere, since NFKC takes it for a digit. Titles that an older program has folded are
    /// found by it, whenever that was.
    /// </summary>
    public const char FoldingRule = '②';

    private readonly List<Message> _messages = [];

    private Session() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>Whom it belongs to; nobody else ever sees it.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>What it is about.</summary>
    public string Title { get; private set; } = Untitled;

    /// <summary>The title as searches compare it, after <see cref="FoldingRule"/>.</summary>
    public string FoldedTitle { get; private set; } = FoldTitle(Untitled);

    /// <summary>Whether somebody, or its first question, has given it a title.</summary>
    public bool IsTitled { get; private set; }

    /// <summary>How many messages it has, loaded or not.</summary>
    public int MessageCount { get; private set; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>When it was opened or renamed last, or the last question was asked.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

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

    /// <summary>Folds a title for <see cref="FoldedTitle"/>.</summary>
    /// <param name="title">The title.</param>
    public static string FoldTitle(string title) => FoldingRule + UnicodeText.FoldCase(title);

    /// <summary>Gives the session another title.</summary>
    /// <param name="title">1–200 characters.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The title breaks its rules.</exception>
    public void Rename(string title, DateTimeOffset now)
    {
        SetTitle(title);
        Touch(now);
    }

    /// <summary>Begins a turn: adds a question and the open answer to it.</summary>
    /// <param name="question">1–100,000 characters.</param>
    /// <param name="now">The time.</param>
    /// <returns>The turn.</returns>
    /// <exception cref="ArgumentException">The question breaks its rules.</exception>
    /// <exception cref="SessionBusyException">The question before is still being answered.</exception>
    public Turn Ask(string question, DateTimeOffset now)
    {
        if (_messages.Exists(message => message.Status == MessageStatus.Generating))
            throw new SessionBusyException(Id);

        var turn = Turn.Begin(Id, Owner, MessageCount, question, now);
        if (MessageCount == 0 && !IsTitled)
            SetTitle(turn.Title);
        _messages.Add(turn.Question);
        _messages.Add(turn.Answer);
        MessageCount += 2;
        Touch(now);
        return turn;
    }

    private void SetTitle(string title)
    {
        Title = Guard.Against.InvalidText(title, MaxTitleLength, nameof(title));
        FoldedTitle = FoldTitle(title);
        IsTitled = true;
    }

    private void Touch(DateTimeOffset now)
    {
        // Clocks step back, and replicas' clocks differ: a list by latest activity never goes backwards.
        if (now > UpdatedAt)
            UpdatedAt = now;
    }
}
