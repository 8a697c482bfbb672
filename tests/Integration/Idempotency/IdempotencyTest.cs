using System.Text.Json;
using QrAi.Tests.Integration.Answers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Idempotency;

/// <summary>A test that sends requests with idempotency keys.</summary>
public abstract class IdempotencyTest(DatabaseKind kind) : IntegrationTest(kind)
{
    /// <summary>Sends a request with a key.</summary>
    protected static Task<HttpResponseMessage> PostAsync(
        QrAiClient qrai,
        string key,
        string path,
        object? body = null,
        bool stream = false,
        CancellationToken cancellationToken = default
    ) =>
        qrai.SendAsync(
            HttpMethod.Post,
            path,
            body,
            headers =>
            {
                headers.TryAddWithoutValidation("Idempotency-Key", key);
                if (stream)
                    headers.Accept.ParseAdd("text/event-stream");
            },
            stream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead,
            cancellationToken
        );

    /// <summary>Asks a question with a key.</summary>
    protected static Task<HttpResponseMessage> AskAsync(
        QrAiClient qrai,
        string key,
        string question = "Once?",
        Guid? sessionId = null,
        CancellationToken cancellationToken = default
    ) =>
        PostAsync(
            qrai,
            key,
            "/api/questions",
            sessionId is { } id ? new { question, sessionId = id } : new { question },
            cancellationToken: cancellationToken
        );

    /// <summary>Asks a question with a key, and returns the answer.</summary>
    protected static Task<AnsweredBody> AnswerAsync(
        QrAiClient qrai,
        string key,
        string question = "Once?",
        Guid? sessionId = null
    ) => QrAiClient.ReadAsync<AnsweredBody>(AskAsync(qrai, key, question, sessionId));

    /// <summary>Asks a question with a key, and returns the answer of its stream.</summary>
    protected static async Task<MessageBody> StreamedAsync(QrAiClient qrai, string key, string question = "Once?")
    {
        await using var stream = await EventStreamReader.OpenAsync(
            await PostAsync(qrai, key, "/api/questions", new { question }, stream: true)
        );
        var events = await stream.ReadToEndAsync();
        events[0].Event.ShouldBe("started");
        var answer = Wire.Read<MessageBody>(events[^1].Data.GetProperty("answer"));
        events.Text().ShouldBe(answer.Content);
        return answer;
    }

    protected static string AsJson(object body) => JsonSerializer.Serialize(body, Wire.Json);
}
