using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace QrAi.Benchmark;

/// <summary>
/// Answers <c>POST /v1/chat/completions</c> as a stream, at once, with prepared bytes. The first token contains
/// the time at which it was sent (<see cref="Stopwatch"/>: CLOCK_MONOTONIC, the same in every process of a machine).
/// <c>POST /control/fast|paced|hold</c> selects what follows: the rest at once, the rest after a pause, or nothing
/// until <c>POST /control/release</c>. <c>GET /control/held</c> returns the number of waiting requests.
/// </summary>
internal static class Provider
{
    /// <summary>The prefix of the sending time in the first token.</summary>
    public const string Mark = "tick-";

    /// <summary>The number of digits of the sending time.</summary>
    public const int Digits = 19;

    /// <summary>The number of tokens of an answer.</summary>
    public const int Tokens = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly byte[] Before = Encoding.UTF8.GetBytes(
        Start() + "{\"role\":\"assistant\",\"content\":\"" + Mark
    );
    private static readonly byte[] After = Encoding.UTF8.GetBytes(" \"},\"finish_reason\":null}]}\n\n");
    private static readonly byte[] Rest = Encoding.UTF8.GetBytes(Remaining());

    private static volatile string mode = "fast";
    private static volatile TaskCompletionSource released = New();
    private static int held;

    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        await using var app = builder.Build();
        app.Run(context =>
            context.Request.Path.StartsWithSegments("/control", out var command)
                ? Control(context, command.Value!.TrimStart('/'))
                : Answer(context)
        );
        await app.RunAsync();
    }

    private static async Task Answer(HttpContext context)
    {
        await Drain(context.Request.BodyReader);
        context.Response.ContentType = "text/event-stream";
        var body = context.Response.BodyWriter;
        First(body);
        await body.FlushAsync();
        if (mode == "hold")
        {
            Interlocked.Increment(ref held);
            try
            {
                await released.Task.WaitAsync(context.RequestAborted);
            }
            finally
            {
                Interlocked.Decrement(ref held);
            }
        }
        else if (mode == "paced")
            await Task.Delay(Pause, TimeProvider.System, context.RequestAborted);
        await body.WriteAsync(Rest);
    }

    private static void First(PipeWriter body)
    {
        var length = Before.Length + Digits + After.Length;
        var span = body.GetSpan(length);
        Before.CopyTo(span);
        After.CopyTo(span[(Before.Length + Digits)..]);
        Stopwatch
            .GetTimestamp()
            .TryFormat(span.Slice(Before.Length, Digits), out _, "D19", CultureInfo.InvariantCulture);
        body.Advance(length);
    }

    private static async Task Drain(PipeReader body)
    {
        ReadResult result;
        do
        {
            result = await body.ReadAsync();
            body.AdvanceTo(result.Buffer.End);
        } while (!result.IsCompleted);
    }

    private static Task Control(HttpContext context, string command)
    {
        switch (command)
        {
            case "fast" or "paced" or "hold":
                mode = command;
                break;
            case "release":
                mode = "fast";
                Interlocked.Exchange(ref released, New()).SetResult();
                break;
            case "held":
                return context.Response.WriteAsync(Volatile.Read(ref held).ToString(CultureInfo.InvariantCulture));
            default:
                context.Response.StatusCode = 404;
                break;
        }
        return Task.CompletedTask;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Start() =>
        "data: {\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\"benchmark\","
        + "\"choices\":[{\"index\":0,\"delta\":";

    private static string Remaining()
    {
        var rest = new StringBuilder();
        for (var token = 1; token < Tokens; token++)
            rest.Append(Start())
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{{\"content\":\"word{token} \"}},\"finish_reason\":null}}]}}\n\n"
                );
        rest.Append(Start()).Append("{},\"finish_reason\":\"stop\"}]}\n\n");
        rest.Append("data: {\"id\":\"gen-1\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,");
        rest.Append("\"model\":\"benchmark\",\"choices\":[],");
        rest.Append("\"usage\":{\"prompt_tokens\":420,\"completion_tokens\":32,\"total_tokens\":452}}\n\n");
        return rest.Append("data: [DONE]\n\n").ToString();
    }
}
