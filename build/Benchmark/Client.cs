using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace QrAi.Benchmark;

/// <summary>Who is asked: the provider itself, or a program that asks it.</summary>
internal sealed class Target(string name, Uri address, Server? server)
{
    public const string Direct = "direct";
    public const string Baseline = "baseline";
    public const string QrAi = "qrai";

    public string Name => name;

    public Uri Address => address;

    /// <summary>The process whose cost counts; none where the provider is asked directly.</summary>
    public Server? Server => server;

    public bool IsDirect => server is null;
}

/// <summary>One answer: how long it took, and what went wrong.</summary>
internal readonly record struct Outcome(long Ticks, long FirstTokenTicks, string? Failure, string? Session)
{
    public double Milliseconds => Ticks * 1000.0 / Stopwatch.Frequency;

    public double FirstTokenMilliseconds => FirstTokenTicks * 1000.0 / Stopwatch.Frequency;
}

/// <summary>Asks questions, and reads just enough of what comes back to know that it is an answer.</summary>
internal sealed class Client : IDisposable
{
    private const string Question =
        "What does the manual say about the second chapter, and how does it differ from it?";
    private static readonly byte[] DirectBody = Encoding.UTF8.GetBytes(Conversation());
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptJson = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptStream = new("text/event-stream");

    private readonly HttpMessageInvoker http = NewInvoker();

    /// <summary>HTTP with as little around it as .NET allows.</summary>
    public static HttpMessageInvoker NewInvoker() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ActivityHeadersPropagator = null,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            }
        );

    /// <summary>A whole answer, as JSON; of the provider itself the whole stream.</summary>
    public async Task<Outcome> Ask(Target target, string? session, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = Request(target, session, AcceptJson);
        try
        {
            using var response = await http.SendAsync(request, cancellation);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            var ticks = Stopwatch.GetTimestamp() - start;
            var failure =
                response.StatusCode != HttpStatusCode.OK || body.AsSpan().IndexOf("tick-"u8) < 0
                    ? Describe(response.StatusCode, body)
                    : null;
            return new(ticks, 0, failure, session ?? Session(body));
        }
        catch (HttpRequestException exception)
        {
            return new(0, 0, exception.Message, session);
        }
    }

    /// <summary>A whole answer, as a stream.</summary>
    public async Task<Outcome> Stream(Target target, string? session, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var stream = await Open(target, session, cancellation);
        var failure = stream.Failure ?? await stream.Finish(cancellation);
        return new(Stopwatch.GetTimestamp() - start, stream.FirstTokenTicks, failure, session);
    }

    /// <summary>A stream whose first token has come.</summary>
    public async Task<AnswerStream> Open(Target target, string? session, CancellationToken cancellation)
    {
        using var request = Request(target, session, AcceptStream);
        try
        {
            var response = await http.SendAsync(request, cancellation);
            return await AnswerStream.Open(response, target.IsDirect, cancellation);
        }
        catch (HttpRequestException exception)
        {
            return AnswerStream.Failed(exception.Message);
        }
    }

    /// <summary>Tells the provider how to answer from now on.</summary>
    public async Task Control(Target direct, string command, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(direct.Address, "/control/" + command));
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How many streams the provider holds open.</summary>
    public async Task<int> Held(Target direct, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(direct.Address, "/control/held"));
        using var response = await http.SendAsync(request, cancellation);
        return Text.Number(await response.Content.ReadAsStringAsync(cancellation));
    }

    public void Dispose() => http.Dispose();

    internal static string Describe(HttpStatusCode status, ReadOnlySpan<byte> body) =>
        Text.Of($"{(int)status} {Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)])}");

    private static HttpRequestMessage Request(Target target, string? session, MediaTypeWithQualityHeaderValue accept)
    {
        var body = target.IsDirect ? DirectBody : Encoding.UTF8.GetBytes(Body(session));
        var request = new HttpRequestMessage(HttpMethod.Post, target.Address)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = Json } },
        };
        request.Headers.Accept.Add(accept);
        return request;
    }

    private static string Body(string? session) =>
        session is null
            ? "{\"question\":\"" + Question + "\"}"
            : "{\"question\":\"" + Question + "\",\"sessionId\":\"" + session + "\"}";

    /// <summary>What a program with a history of 20 messages would send.</summary>
    private static string Conversation()
    {
        var answer = string.Concat(Enumerable.Range(1, Provider.Tokens).Select(token => Text.Of($"word{token} ")));
        var pair = "{\"role\":\"user\",\"content\":\"" + Question + "\"},";
        pair += "{\"role\":\"assistant\",\"content\":\"" + answer + "\"},";
        return "{\"model\":\"benchmark\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":["
            + string.Concat(Enumerable.Repeat(pair, 10))
            + "{\"role\":\"user\",\"content\":\""
            + Question
            + "\"}]}";
    }

    private static string? Session(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"sessionId\":\""u8);
        return at < 0 ? null : Encoding.UTF8.GetString(body.Slice(at + 13, 36));
    }
}

/// <summary>An answer that is coming.</summary>
internal sealed class AnswerStream : IDisposable
{
    private readonly HttpResponseMessage? response;
    private readonly bool isDirect;
    private Stream? body;
    private byte[] buffer = new byte[4096];
    private int length;

    private AnswerStream(HttpResponseMessage? response, bool isDirect, string? failure)
    {
        this.response = response;
        this.isDirect = isDirect;
        Failure = failure;
    }

    public string? Failure { get; private set; }

    /// <summary>From the provider's sending to the receipt here.</summary>
    public long FirstTokenTicks { get; private set; }

    public static AnswerStream Failed(string failure) => new(null, false, failure);

    public static async Task<AnswerStream> Open(
        HttpResponseMessage response,
        bool isDirect,
        CancellationToken cancellation
    )
    {
        var stream = new AnswerStream(response, isDirect, null);
        try
        {
            stream.body = await response.Content.ReadAsStreamAsync(cancellation);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                while (await stream.Read(cancellation)) { }
                stream.Failure = Client.Describe(response.StatusCode, stream.buffer.AsSpan(0, stream.length));
                return stream;
            }
            while (await stream.Read(cancellation))
                if (stream.SeeFirstToken())
                    return stream;
            stream.Failure = "ended before the first token: " + stream.End();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            stream.Failure = exception.Message;
        }
        return stream;
    }

    /// <summary>Reads to the end; null if it ended as it should, with the last event.</summary>
    public async Task<string?> Finish(CancellationToken cancellation)
    {
        try
        {
            while (await Read(cancellation)) { }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Failure = exception.Message;
        }
        var all = buffer.AsSpan(0, length);
        var isComplete = isDirect
            ? all.IndexOf("data: [DONE]"u8) >= 0
            : all.IndexOf("event: completed\n"u8) >= 0 || all.IndexOf("event:completed\n"u8) >= 0;
        return Failure = isComplete ? null : "ended without its last event: " + End();
    }

    public void Dispose() => response?.Dispose();

    private string End() => Encoding.UTF8.GetString(buffer, Math.Max(0, length - 300), Math.Min(300, length));

    private async ValueTask<bool> Read(CancellationToken cancellation)
    {
        if (length == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
        var read = await body!.ReadAsync(buffer.AsMemory(length), cancellation);
        length += read;
        return read > 0;
    }

    private bool SeeFirstToken()
    {
        var all = buffer.AsSpan(0, length);
        var at = all.IndexOf("tick-"u8);
        if (at < 0 || all.Length < at + 5 + Provider.Digits)
            return false;
        if (Utf8Parser.TryParse(all.Slice(at + 5, Provider.Digits), out long sent, out _))
            FirstTokenTicks = Stopwatch.GetTimestamp() - sent;
        return true;
    }
}
