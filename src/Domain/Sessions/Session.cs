using Ardalis.GuardClauses;
using QrAi.Domain.Callers;
using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>A conversation: a sequence of turns, of which at most one is open.</summary>
public sealed class Session : IOwned
{
    /// <summary>The maximum length of a question, in code points.</summary>
    public const int MaxQuestionLength = 100_000;

    /// <summary>The maximum length of a title, in code points.</summary>
    public const int MaxTitleLength = 200;

    /// <summary>The maximum length of a title that is taken from the first question, in code points.</summary>
    public const int TitleFromQuestionLength = 80;

    /// <summary>The title of a session that was created without one, until its first question.</summary>
    public const string Untitled = "New session";

    /// <summary>The value of <see cref="IndexedAt"/> of a session that the search index does not have.</summary>
    public static readonly DateTimeOffset NeverIndexed = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// The prefix of a folded title: the version of the folding rule. The character cannot occur in folded text, because
    /// NFKC replaces it by a digit. The prefix identifies titles that an earlier version of the program has folded.
    /// </summary>
    public const char FoldingRule = '②';

    // What both databases store.
    private static readonly TimeSpan Tick = TimeSpan.FromMicroseconds(1);

    private readonly List<Message> _messages = [];

    private Session() { }

    /// <summary>A version 7 UUID.</summary>
    public Guid Id { get; private init; }

    /// <summary>The owner, who alone can access the session.</summary>
    public string Owner { get; private init; } = "";

    /// <summary>The title.</summary>
    public string Title { get; private set; } = Untitled;

    /// <summary>The title in the form that searches compare, after <see cref="FoldingRule"/>.</summary>
    public string FoldedTitle { get; private set; } = FoldTitle(Untitled);

    /// <summary>Whether the title was set, by a caller or from the first question.</summary>
    public bool IsTitled { get; private set; }

    /// <summary>The number of messages, loaded or not.</summary>
    public int MessageCount { get; private set; }

    /// <summary>The time of creation.</summary>
    public DateTimeOffset CreatedAt { get; private init; }

    /// <summary>The time of creation, of the last renaming or of the last question, whichever is latest.</summary>
    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>The activity up to which the search index has the session. If it is not the latest one, there is more.</summary>
    public DateTimeOffset IndexedAt { get; private set; } = NeverIndexed;

    /// <summary>The number of messages that the search index has, counted from the first one.</summary>
    public int IndexedMessages { get; private set; }

    /// <summary>A hash of the folded title that the search index has.</summary>
    public int IndexedTitle { get; private set; }

    /// <summary>The loaded messages, which may be a part of all.</summary>
    public IReadOnlyCollection<Message> Messages => _messages;

    /// <summary>Creates a session.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="title">The title, 1–200 characters; null to take it from the first question.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="ArgumentException">If the title is invalid.</exception>
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

    /// <summary>Changes the title.</summary>
    /// <param name="title">The title, 1–200 characters.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="ArgumentException">If the title is invalid.</exception>
    public void Rename(string title, DateTimeOffset now)
    {
        SetTitle(title);
        Touch(now);
    }

    /// <summary>Begins a turn: adds a question and its open answer.</summary>
    /// <param name="question">The question, 1–100,000 characters.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The turn.</returns>
    /// <exception cref="ArgumentException">If the question is invalid.</exception>
    /// <exception cref="SessionBusyException">If the previous question is still being answered.</exception>
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

    /// <summary>Records what the search index has of the session.</summary>
    /// <param name="messages">The number of messages, counted from the first one.</param>
    /// <param name="title">A hash of the folded title.</param>
    /// <param name="isComplete">Whether this is all that was said up to the latest activity.</param>
    public void RecordIndexed(int messages, int title, bool isComplete)
    {
        IndexedMessages = messages;
        IndexedTitle = title;
        if (isComplete)
            IndexedAt = UpdatedAt;
    }

    private void SetTitle(string title)
    {
        Title = Guard.Against.InvalidText(title, MaxTitleLength, nameof(title));
        FoldedTitle = FoldTitle(title);
        IsTitled = true;
    }

    private void Touch(DateTimeOffset now)
    {
        // Clocks can be set back, and those of replicas differ: the latest activity moves forward nonetheless, so that the search
        // index notices it.
        UpdatedAt = now > UpdatedAt ? now : UpdatedAt + Tick;
    }
}
