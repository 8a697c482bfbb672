using QrAi.WebApp.Api;

namespace QrAi.Tests.Unit.Support.WebApp;

/// <summary>What the service knows, in the words of its API.</summary>
internal static class PageData
{
    public static readonly Guid SessionId = Guid.Parse("0190f000-0000-7000-8000-000000000001");
    public static readonly Guid AnswerId = Guid.Parse("0190f000-0000-7000-8000-000000000002");
    public static readonly Guid DocumentId = Guid.Parse("0190f000-0000-7000-8000-000000000003");

    public static Session Session(string title, Guid? id = null) =>
        new(id ?? Guid.CreateVersion7(), title, 2, TestClock.Noon, TestClock.Noon);

    public static Message Question(string text) =>
        new(Guid.CreateVersion7(), SessionId, "user", text, "completed", TestClock.Noon);

    public static Message Answer(string text, string status = "completed", AnswerError? error = null) =>
        new(AnswerId, SessionId, "assistant", text, status, TestClock.Noon)
        {
            Provider = "openrouter",
            Model = "some/model",
            Error = error,
        };

    public static Citation Citation(int number = 1, int passage = 3) =>
        new(number, DocumentId, "Rules", passage, "Three days before.") { Heading = "Rules › Leave", Page = 4 };

    public static Passage Passage(int number, string text) =>
        new(DocumentId, "Rules", number, text) { Heading = "Rules › Leave", Page = 4 };

    public static Document Document(
        string title,
        string status = "ready",
        AnswerError? error = null,
        Guid? id = null
    ) =>
        new(id ?? Guid.CreateVersion7(), $"{title}.md", title, "text/markdown", 2048, status, false, TestClock.Noon)
        {
            Passages = status == "ready" ? 7 : null,
            Error = error,
        };

    public static string Started(string id = "1") =>
        PageReply.Event(
            "started",
            id,
            new Started(SessionId, Guid.CreateVersion7(), AnswerId, "openrouter", "some/model")
        );

    public static string Delta(string text, string id) => PageReply.Event("delta", id, new Delta(text));

    public static string Completed(string text, string id = "1.9.end") => Completed(Answer(text), id);

    public static string Completed(Message answer, string id = "1.9.end") =>
        PageReply.Event("completed", id, new Ended(answer));
}
