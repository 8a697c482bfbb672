using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>
/// The program that QrAi is compared with: <c>POST /api/questions</c> without owners, limits, retries, validation and
/// resumption. It opens a turn, asks the provider, closes the turn and answers.
/// </summary>
internal sealed class Baseline(Uri provider, ITurns turns) : IDisposable
{
    private readonly HttpMessageInvoker http = Http.NewInvoker();

    public static async Task RunAsync(
        int port,
        Uri provider,
        string connectionString,
        Func<NpgsqlDataSource, Task<ITurns>> createTurns
    )
    {
        await using var database = new NpgsqlSlimDataSourceBuilder(connectionString).Build();
        using var baseline = new Baseline(provider, await createTurns(database));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var app = builder.Build();
        app.Run(baseline.Answer);
        await app.RunAsync();
    }

    public void Dispose() => http.Dispose();

    private async Task Answer(HttpContext context)
    {
        var ask = await JsonSerializer.DeserializeAsync(context.Request.Body, Shapes.Default.Ask);
        if (ask is null || context.Request.Path != "/api/questions")
        {
            context.Response.StatusCode = 404;
            return;
        }
        var question = new Message(Guid.CreateVersion7(), ask.SessionId ?? Guid.CreateVersion7(), "user", ask.Question);
        var turn = new Turn(question, Guid.CreateVersion7(), ask.SessionId is null);
        var history = await turns.Open(turn);
        using var request = Request(history, ask.Question);
        using var response = await http.SendAsync(request, CancellationToken.None);
        response.EnsureSuccessStatusCode();
        using var upstream = await response.Content.ReadAsStreamAsync();
        var tokens = SseParser.Create(upstream, (_, data) => Token(data)).EnumerateAsync();

        if (context.Request.Headers.Accept == "text/event-stream")
            await Stream(context, turn, tokens);
        else
        {
            var content = new StringBuilder();
            await foreach (var token in tokens)
                content.Append(token.Data);
            var answer = await Close(turn, content);
            context.Response.ContentType = "application/json; charset=utf-8";
            var answered = new Answered(question.SessionId, question, answer);
            var body = JsonSerializer.SerializeToUtf8Bytes(answered, Shapes.Default.Answered);
            context.Response.ContentLength = body.Length;
            await context.Response.BodyWriter.WriteAsync(body);
        }
    }

    private async Task Stream(HttpContext context, Turn turn, IAsyncEnumerable<SseItem<string>> tokens)
    {
        context.Response.ContentType = "text/event-stream";
        var body = context.Response.BodyWriter;
        var number = 1;
        var started = new Started(turn.Question.SessionId, turn.Question.Id, turn.AnswerId);
        await Event(body, number++, "started", started, Shapes.Default.Started);
        var content = new StringBuilder();
        await foreach (var token in tokens)
        {
            if (token.Data.Length == 0)
                continue;
            content.Append(token.Data);
            await Event(body, number++, "delta", new Delta(token.Data), Shapes.Default.Delta);
        }
        var answer = await Close(turn, content);
        await Event(body, number, "completed", new Completed(answer), Shapes.Default.Completed);
    }

    private async Task<Message> Close(Turn turn, StringBuilder content)
    {
        var answer = new Message(turn.AnswerId, turn.Question.SessionId, "assistant", content.ToString());
        await turns.Close(turn, answer);
        return answer;
    }

    private static async ValueTask Event<T>(PipeWriter body, int number, string name, T data, JsonTypeInfo<T> shape)
    {
        Encoding.UTF8.GetBytes(Text.Of($"id: {number}\nevent: {name}\ndata: "), body);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(data, shape));
        body.Write("\n\n"u8);
        await body.FlushAsync();
    }

    private HttpRequestMessage Request(IReadOnlyList<(string Role, string Content)> history, string question)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", "benchmark");
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
            json.WriteStartArray("messages");
            foreach (var (role, content) in history.Append(("user", question)))
            {
                json.WriteStartObject();
                json.WriteString("role", role);
                json.WriteString("content", content);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        var request = new HttpRequestMessage(HttpMethod.Post, provider)
        {
            Content = new ReadOnlyMemoryContent(buffer.WrittenMemory),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    private static string Token(ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
            return "";
        var json = new Utf8JsonReader(data);
        while (json.Read())
            if (json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("content"u8))
                return json.Read() ? json.GetString() ?? "" : "";
        return "";
    }
}
