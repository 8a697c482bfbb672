using System.Net.ServerSentEvents;
using System.Text.Json;
using QrAi.WebApp.Api;

namespace QrAi.WebApp.Answers;

/// <summary>An answer as far as the page knows it.</summary>
public sealed class AnswerState
{
    /// <summary>The answer; null until the service has acknowledged the question.</summary>
    public Guid? Id { get; private set; }

    /// <summary>The session; null until it is known.</summary>
    public Guid? SessionId { get; private set; }

    /// <summary>The text so far.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The status, in the words of the API.</summary>
    public string Status { get; private set; } = "generating";

    /// <summary>The provider and the model; null until they are known.</summary>
    public string? Model { get; private set; }

    /// <summary>The passages that the answer is given.</summary>
    public IReadOnlyList<Passage> Sources { get; private set; } = [];

    /// <summary>The passages that it refers to.</summary>
    public IReadOnlyList<Citation> Citations { get; private set; } = [];

    /// <summary>Why it failed, as a code; null unless it failed.</summary>
    public string? ErrorCode { get; private set; }

    /// <summary>Why it failed, in a sentence.</summary>
    public string? ErrorText { get; private set; }

    /// <summary>When the question is worth repeating.</summary>
    public TimeSpan? RetryAfter { get; private set; }

    /// <summary>The id of the last event.</summary>
    public string? LastEventId { get; private set; }

    /// <summary>Whether the connection was lost and is made again.</summary>
    public bool IsReconnecting { get; internal set; }

    /// <summary>Whether there will be no more.</summary>
    public bool HasEnded => Status != "generating";

    /// <summary>Returns the state of a stored answer.</summary>
    public static AnswerState Of(Message answer)
    {
        var state = new AnswerState { Id = answer.Id };
        state.Load(answer);
        return state;
    }

    /// <summary>Returns the citation of a marker; null if there is none.</summary>
    /// <param name="number">The number of the marker.</param>
    public Citation? Find(int number)
    {
        if (Citations.FirstOrDefault(citation => citation.Number == number) is { } cited)
            return cited;
        return number >= 1 && number <= Sources.Count && Sources[number - 1] is var source
            ? new Citation(number, source.DocumentId, source.Title, source.Number, source.Text)
            {
                Heading = source.Heading,
                Page = source.Page,
            }
            : null;
    }

    /// <summary>Takes an event in.</summary>
    public void Apply(SseItem<string> item)
    {
        switch (item.EventType)
        {
            case "started":
                var started = Read(item, ContractJson.Default.Started);
                (Id, SessionId, Model) = (started.AnswerId, started.SessionId, NameOf(started.Provider, started.Model));
                (Text, Sources) = ("", []); // those of the stored answer come again
                break;
            case "restarted":
                var restarted = Read(item, ContractJson.Default.Restarted);
                (Text, Sources, Model) = ("", [], NameOf(restarted.Provider, restarted.Model));
                break;
            case "sources":
                Sources = Read(item, ContractJson.Default.PassageList).Passages;
                break;
            case "delta":
                Text += Read(item, ContractJson.Default.Delta).Text;
                break;
            case "completed" or "failed":
                Load(Read(item, ContractJson.Default.Ended).Answer);
                break;
        }

        LastEventId = item.EventId ?? LastEventId;
    }

    /// <summary>Takes a stored answer in.</summary>
    public void Load(Message answer)
    {
        (SessionId, Text, Status) = (answer.SessionId, answer.Content, answer.Status);
        (ErrorCode, ErrorText) = (answer.Error?.Code, answer.Error?.Message);
        Citations = answer.Citations ?? [];
        if (answer.Provider is not null)
            Model = NameOf(answer.Provider, answer.Model);
    }

    /// <summary>Ends it, because the service refused the question.</summary>
    public void Fail(ApiException exception) =>
        (Status, ErrorCode, ErrorText, RetryAfter) = (
            "failed",
            exception.Code ?? "",
            exception.Message,
            exception.RetryAfter
        );

    private static string NameOf(string provider, string? model) =>
        model is null or "none" ? provider : $"{provider}/{model}";

    private static T Read<T>(SseItem<string> item, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(item.Data, type) ?? throw new JsonException("An event has no data.");
}
