using Ardalis.GuardClauses;
using QrAi.Domain.Text;

namespace QrAi.Domain.Sessions;

/// <summary>A question and its answer.</summary>
public sealed class Turn
{
    private Turn(Message question, Message answer) => (Question, Answer) = (question, answer);

    /// <summary>The question.</summary>
    public Message Question { get; }

    /// <summary>The answer, open until one of the methods below ends it.</summary>
    public Message Answer { get; }

    /// <summary>The title of a session without one that begins with this turn.</summary>
    public string Title => UnicodeText.Truncate(Question.Content, Session.TitleFromQuestionLength);

    /// <summary>
    /// Begins a turn of a session that is not loaded. The database numbers the messages, and refuses the turn while another
    /// one of the session is open.
    /// </summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="owner">The owner of the session.</param>
    /// <param name="question">The question, 1–100,000 characters.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="ArgumentException">If the question is invalid.</exception>
    public static Turn Begin(Guid sessionId, string owner, string question, DateTimeOffset now) =>
        Begin(sessionId, owner, 0, question, now);

    /// <summary>Continues a stored turn.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">Its answer.</param>
    public static Turn Resume(Message question, Message answer) => new(question, answer);

    internal static Turn Begin(Guid sessionId, string owner, int earlier, string question, DateTimeOffset now)
    {
        Guard.Against.InvalidText(question, Session.MaxQuestionLength, nameof(question));
        var asked = Message.Question(sessionId, owner, earlier + 1, question, now);
        return new Turn(asked, Message.OpenAnswer(asked, earlier + 2, now));
    }

    /// <summary>Completes the answer.</summary>
    /// <param name="generated">The generated answer.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="AnswerEndedException">If the answer has ended before.</exception>
    public AnswerEnded Complete(GeneratedAnswer generated, DateTimeOffset now) =>
        End(MessageStatus.Completed, generated, null, now);

    /// <summary>Fails the answer, because no provider completed it.</summary>
    /// <param name="generated">The answer as far as it was generated.</param>
    /// <param name="error">The reason.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="AnswerEndedException">If the answer has ended before.</exception>
    public AnswerEnded Fail(GeneratedAnswer generated, AnswerError error, DateTimeOffset now) =>
        End(MessageStatus.Failed, generated, error, now);

    /// <summary>Cancels the answer.</summary>
    /// <param name="generated">The answer as far as it was generated, which is stored.</param>
    /// <param name="now">The current time.</param>
    /// <exception cref="AnswerEndedException">If the answer has ended before.</exception>
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
