using QrAi.WebApp.Api;

namespace QrAi.WebApp.Answers;

/// <summary>A question with its answer, as the page shows them.</summary>
/// <param name="question">The question; null if only the answer is known.</param>
/// <param name="answer">The answer; null while a question has none.</param>
public sealed class Entry(string? question, AnswerState? answer)
{
    /// <summary>Identifies the entry within the page.</summary>
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>The question.</summary>
    public string? Question => question;

    /// <summary>The answer.</summary>
    public AnswerState? Answer { get; private set; } = answer;

    /// <summary>Joins the messages of a session to questions with their answers.</summary>
    /// <param name="messages">The messages, the newest first.</param>
    /// <returns>The entries, the oldest first.</returns>
    public static List<Entry> Of(IReadOnlyList<Message> messages)
    {
        var entries = new List<Entry>();
        foreach (var message in messages.Reverse())
            if (!message.IsAnswer)
                entries.Add(new Entry(message.Content, null));
            else if (entries is [.., { Answer: null } asked])
                asked.Answer = AnswerState.Of(message);
            else
                entries.Add(new Entry(null, AnswerState.Of(message)));
        return entries;
    }
}
