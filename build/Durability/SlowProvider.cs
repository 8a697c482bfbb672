using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>
/// An OpenAI-compatible provider that answers as the question defines, token by token, and records its calls.
/// </summary>
internal sealed class SlowProvider : IAsyncDisposable
{
    /// <summary>The tokens that each complete answer is said to have used.</summary>
    public const int TokensOfAnswer = 2_000;

    private const string UsageMember =
        ""","usage":{"prompt_tokens":1000,"completion_tokens":1000,"total_tokens":2000}""";

    private readonly ConcurrentDictionary<string, List<ProviderCall>> calls = new();
    private readonly WebApplication app;

    private SlowProvider()
    {
        var port = Server.FreePort();
        Address = new Uri(Text.Of($"http://127.0.0.1:{port}/"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        app.Run(Answer);
    }

    public Uri Address { get; }

    public static async Task<SlowProvider> Start()
    {
        var provider = new SlowProvider();
        await provider.app.StartAsync();
        return provider;
    }

    /// <summary>The number of calls for all questions.</summary>
    public int TotalCalls => calls.Values.Sum(all => all.Count);

    /// <summary>Returns all calls for a question.</summary>
    public IReadOnlyList<ProviderCall> Calls(Script script)
    {
        if (!calls.TryGetValue(script.Subject, out var found))
            return [];
        lock (found)
            return [.. found];
    }

    public async ValueTask DisposeAsync()
    {
        // Does not wait for endless answers.
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(atOnce.Token);
        await app.DisposeAsync();
    }

    private async Task Answer(HttpContext context)
    {
        using var request = await JsonDocument.ParseAsync(context.Request.Body);
        var question = request.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        if (Script.Parse(question.GetString() ?? "") is not { } script)
        {
            context.Response.StatusCode = 422;
            return;
        }
        var call = Record(script);
        try
        {
            await Answer(context, script, call);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client disconnected: the end of the call records it.
        }
        finally
        {
            call.End(Stopwatch.GetTimestamp());
        }
    }

    private static async Task Answer(HttpContext context, Script script, ProviderCall call)
    {
        var disconnected = context.RequestAborted;
        context.Response.ContentType = "text/event-stream";
        for (var token = 0; script.Tokens == Script.Endless || token < script.Tokens; token++)
        {
            var early = script.Due(token) - Stopwatch.GetElapsedTime(call.StartedAt);
            if (early > TimeSpan.Zero)
                await Task.Delay(early, TimeProvider.System, disconnected);
            var text = script.Token(call.Number, token);
            call.Send(text, Stopwatch.GetTimestamp());
            await Chunk(context, $$$"""{"index":0,"delta":{"content":{{{JsonSerializer.Serialize(text)}}}}}""");
        }
        await Chunk(context, """{"index":0,"delta":{},"finish_reason":"stop"}""", UsageMember);
        await context.Response.WriteAsync("data: [DONE]\n\n", disconnected);
    }

    private static async Task Chunk(HttpContext context, string choice, string more = "")
    {
        const string Start = """data: {"id":"gen-1","object":"chat.completion.chunk","created":1,"model":"slow",""";
        await context.Response.WriteAsync($"{Start}\"choices\":[{choice}]{more}}}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.RequestAborted.ThrowIfCancellationRequested();
    }

    private ProviderCall Record(Script script)
    {
        var all = calls.GetOrAdd(script.Subject, _ => []);
        lock (all)
        {
            var call = new ProviderCall(all.Count + 1, Stopwatch.GetTimestamp());
            all.Add(call);
            return call;
        }
    }
}
