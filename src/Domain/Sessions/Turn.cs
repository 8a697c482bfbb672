using Ardalis.GuardClauses;
using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>A question and the answer to it: what a session grows by.</summary>
public sealed class Turn
{
    private Turn(Message question, Message answer) => (Question, Answer) = (question, answer);

    /// <summary>The question.</summary>
    public Message Question { get; }

    /// <summary>The answer, open until one of the methods below has ended it.</summary>
    public Message Answer { get; }

    /// <summary>The title of a session that nobody titled and that begins with this turn.</summary>
    public string Title => UnicodeText.Truncate(Question.Content, Session.TitleFromQuestionLength);

    /// <summary>
    /// Begins a turn of a session that is not loaded. The database numbers its messages, and refuses it while another one
    /// of the session is open.
    /// </summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="owner">Whom it belongs to.</param>
    /// <param name="question">1–100,000 characters.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="ArgumentException">The question breaks its rules.</exception>
    public static Turn Begin(Guid sessionId, string owner, string question, DateTimeOffset now) =>
        Begin(sessionId, owner, 0, question, now);

    /// <summary>Goes on with a turn that was kept.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">Its answer.</param>
    public static Turn Resume(Message question, Message answer) => new(question, answer);

    internal static Turn Begin(Guid sessionId, string owner, int before, string question, DateTimeOffset now)
    {
        Guard.Against.InvalidText(question, Session.MaxQuestionLength, nameof(question));
        var asked = Message.Question(sessionId, owner, before + 1, question, now);
        return new Turn(asked, Message.OpenAnswer(asked, before + 2, now));
    }

    /// <summary>The answer is complete.</summary>
    /// <param name="generated">What was generated.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AnswerEndedException">It has ended before.</exception>
    public AnswerEnded Complete(GeneratedAnswer generated, DateTimeOffset now) =>
        End(MessageStatus.Completed, generated, null, now);

    /// <summary>No provider gave a complete answer.</summary>
    /// <param name="generated">What has come until then.</param>
    /// <param name="error">Why.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AnswerEndedException">It has ended before.</exception>
    public AnswerEnded Fail(GeneratedAnswer generated, AnswerError error, DateTimeOffset now) =>
        End(MessageStatus.Failed, generated, error, now);

    /// <summary>Someone stopped the answer.</summary>
    /// <param name="generated">What has come until then; it stays.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="AnswerEndedException">It has ended before.</exception>
    public AnswerEnded Cancel(GeneratedAnswer generated, DateTimeOffset now) =>
        End(MessageStatus.Cancelled, generated, null, now);

    private AnswerEnded End(MessageStatus status, GeneratedAnswer generated, AnswerError? error, DateTimeOffset now)
    {
        Answer.End(status, generated, error, now);
        return new AnswerEnded(
            Answer.SessionId,
            Answer.Id,
            status,
            generated.Provider,
            generated.Model,
            generated.Usage?.TotalTokens,
            generated.Attempts.Count,
            now - Answer.CreatedAt,
            error?.Code
        );
    }
}
