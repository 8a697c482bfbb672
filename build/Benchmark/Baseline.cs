using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;

namespace QrAi.Benchmark;

/// <summary>
/// What QrAi is held against: <c>POST /api/questions</c> with no owners, no limits, no retries, no validation, no
/// resuming. It reads the session's last 20 messages, asks the provider, adds two rows in one statement and answers.
/// </summary>
internal sealed class Baseline(Uri provider, NpgsqlDataSource database) : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS messages (
            session_id uuid NOT NULL,
            id uuid NOT NULL,
            role text NOT NULL,
            content text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (session_id, id)
        )
        """;
    private const string History = "SELECT role, content FROM messages WHERE session_id = $1 ORDER BY id DESC LIMIT 20";
    private const string Add =
        "INSERT INTO messages (session_id, id, role, content) VALUES ($1, $2, 'user', $3), ($1, $4, 'assistant', $5)";

    private readonly HttpMessageInvoker http = Client.NewInvoker();

    public static async Task RunAsync(int port, Uri provider, string connectionString)
    {
        await using var database = new NpgsqlSlimDataSourceBuilder(connectionString).Build();
        await using (var create = database.CreateCommand(Schema))
            await create.ExecuteNonQueryAsync();
        using var baseline = new Baseline(provider, database);
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
        var session = ask.SessionId ?? Guid.CreateVersion7();
        var question = new Message(Guid.CreateVersion7(), session, "user", ask.Question);
        var history = ask.SessionId is null ? [] : await Read(session);
        using var request = Request(history, ask.Question);
        using var response = await http.SendAsync(request, CancellationToken.None);
        response.EnsureSuccessStatusCode();
        using var upstream = await response.Content.ReadAsStreamAsync();
        var tokens = SseParser.Create(upstream, (_, data) => Token(data)).EnumerateAsync();

        if (context.Request.Headers.Accept == "text/event-stream")
            await Stream(context, question, tokens);
        else
        {
            var content = new StringBuilder();
            await foreach (var token in tokens)
                content.Append(token.Data);
            var answer = new Message(Guid.CreateVersion7(), session, "assistant", content.ToString());
            await Save(question, answer);
            context.Response.ContentType = "application/json; charset=utf-8";
            var body = JsonSerializer.SerializeToUtf8Bytes(new(session, question, answer), Shapes.Default.Answered);
            context.Response.ContentLength = body.Length;
            await context.Response.BodyWriter.WriteAsync(body);
        }
    }

    private async Task Stream(HttpContext context, Message question, IAsyncEnumerable<SseItem<string>> tokens)
    {
        context.Response.ContentType = "text/event-stream";
        var body = context.Response.BodyWriter;
        var id = Guid.CreateVersion7();
        var number = 1;
        await Event(
            body,
            number++,
            "started",
            new Started(question.SessionId, question.Id, id),
            Shapes.Default.Started
        );
        var content = new StringBuilder();
        await foreach (var token in tokens)
        {
            if (token.Data.Length == 0)
                continue;
            content.Append(token.Data);
            await Event(body, number++, "delta", new Delta(token.Data), Shapes.Default.Delta);
        }
        var answer = new Message(id, question.SessionId, "assistant", content.ToString());
        await Save(question, answer);
        await Event(body, number, "completed", new Completed(answer), Shapes.Default.Completed);
    }

    private static async ValueTask Event<T>(
        PipeWriter body,
        int number,
        string name,
        T data,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape
    )
    {
        Encoding.UTF8.GetBytes(Text.Of($"id: {number}\nevent: {name}\ndata: "), body);
        body.Write(JsonSerializer.SerializeToUtf8Bytes(data, shape));
        body.Write("\n\n"u8);
        await body.FlushAsync();
    }

    private async Task<List<(string Role, string Content)>> Read(Guid session)
    {
        await using var command = database.CreateCommand(History);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = session });
        await using var reader = await command.ExecuteReaderAsync();
        var messages = new List<(string, string)>(20);
        while (await reader.ReadAsync())
            messages.Add((reader.GetString(0), reader.GetString(1)));
        messages.Reverse();
        return messages;
    }

    private async Task Save(Message question, Message answer)
    {
        await using var command = database.CreateCommand(Add);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = question.SessionId });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = question.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = question.Content });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = answer.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = answer.Content });
        await command.ExecuteNonQueryAsync();
    }

    private HttpRequestMessage Request(List<(string Role, string Content)> history, string question)
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

/// <summary>The question as it comes in.</summary>
internal sealed record Ask(string Question, Guid? SessionId);

/// <summary>A row.</summary>
internal sealed record Message(Guid Id, Guid SessionId, string Role, string Content);

/// <summary>The JSON answer.</summary>
internal sealed record Answered(Guid SessionId, Message Question, Message Answer);

/// <summary>The first event.</summary>
internal sealed record Started(Guid SessionId, Guid QuestionId, Guid AnswerId);

/// <summary>A token's event.</summary>
internal sealed record Delta(string Text);

/// <summary>The last event.</summary>
internal sealed record Completed(Message Answer);

/// <summary>JSON without reflection, as the least program would have it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(Answered))]
[JsonSerializable(typeof(Started))]
[JsonSerializable(typeof(Delta))]
[JsonSerializable(typeof(Completed))]
internal sealed partial class Shapes : JsonSerializerContext;
