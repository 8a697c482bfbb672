using System.Text.Json;
using QrAi.WebApp.Api;

namespace QrAi.WebApp.Browser;

/// <summary>
/// The question that the service has not acknowledged yet. It stays in the browser, so that a page that is loaded again asks it
/// once more, with the same key.
/// </summary>
/// <param name="storage">Where it stays.</param>
public sealed class PendingQuestions(BrowserStorage storage)
{
    /// <summary>Returns the question of a session; null if there is none.</summary>
    /// <param name="sessionId">The session; null for a new one.</param>
    public async Task<PendingQuestion?> FindAsync(Guid? sessionId) =>
        await storage.ReadAsync(BrowserStorage.Local, NameOf(sessionId)) is { } json
            ? JsonSerializer.Deserialize(json, ContractJson.Default.PendingQuestion)
            : null;

    /// <summary>Keeps a question until it is acknowledged.</summary>
    public async Task<PendingQuestion> AddAsync(Question question)
    {
        var pending = new PendingQuestion(Guid.CreateVersion7().ToString(), question);
        await storage.WriteAsync(
            BrowserStorage.Local,
            NameOf(question.SessionId),
            JsonSerializer.Serialize(pending, ContractJson.Default.PendingQuestion)
        );
        return pending;
    }

    /// <summary>Forgets a question: it was acknowledged, or refused.</summary>
    public ValueTask RemoveAsync(PendingQuestion pending) =>
        storage.WriteAsync(BrowserStorage.Local, NameOf(pending.Question.SessionId), null);

    private static string NameOf(Guid? sessionId) => $"qrai.pending.{sessionId?.ToString() ?? "new"}";
}
