using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>Asks questions, and reads just enough of each response to recognise an answer.</summary>
internal sealed class Client : IDisposable
{
    private const string Question =
        "What does the manual say about the second chapter, and how does it differ from it?";
    private static readonly byte[] DirectBody = Encoding.UTF8.GetBytes(Conversation());
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptJson = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue AcceptStream = new("text/event-stream");

    private readonly HttpMessageInvoker http = Http.NewInvoker();

    /// <summary>Reads a complete answer as JSON, or the complete stream of the provider itself.</summary>
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

    /// <summary>Reads a complete answer as a stream.</summary>
    public async Task<Outcome> Stream(Target target, string? session, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var stream = await Open(target, session, cancellation);
        var failure = stream.Failure ?? await stream.Finish(cancellation);
        return new(Stopwatch.GetTimestamp() - start, stream.FirstTokenTicks, failure, session);
    }

    /// <summary>Opens a stream and waits for its first token.</summary>
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

    /// <summary>Reads a page of sessions.</summary>
    public async Task<Outcome> List(Target target, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Address, "/api/sessions"));
        using var response = await http.SendAsync(request, cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(cancellation);
        var ticks = Stopwatch.GetTimestamp() - start;
        var isPage = response.StatusCode == HttpStatusCode.OK && body.AsSpan().IndexOf("\"nextCursor\":\""u8) >= 0;
        return new(ticks, 0, isPage ? null : Describe(response.StatusCode, body), null);
    }

    /// <summary>Sets how the provider answers from now on.</summary>
    public async Task Control(Target direct, string command, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(direct.Address, "/control/" + command));
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Returns the number of streams that the provider holds open.</summary>
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

    /// <summary>Returns the request of a program with a history of 20 messages.</summary>
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
