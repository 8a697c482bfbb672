using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace QrAi.Tests.Unit.Support.Llm;

/// <summary>What a provider does when it is called.</summary>
internal delegate Task<HttpResponseMessage> Reply(CancellationToken cancellationToken);

/// <summary>The next bytes of a stream, or what happens instead.</summary>
internal delegate Task<byte[]> Part(CancellationToken cancellationToken);

internal static class Replies
{
    public static Part Done { get; } = Raw("data: [DONE]\n\n");

    /// <summary>The model has said all.</summary>
    public static Part Finish { get; } = FinishWith("stop");

    /// <summary>Some providers begin with a chunk that has a role and no text yet.</summary>
    public static Part Role { get; } = Data("""{"choices":[{"delta":{"role":"assistant","content":""}}]}""");

    public static Part Break { get; } = _ => throw new IOException("The connection was reset.");

    public static Part Silence { get; } =
        async cancellationToken =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return [];
        };

    /// <summary>No connection.</summary>
    public static Reply Unreachable { get; } =
        _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");

    /// <summary>A connection, and then nothing.</summary>
    public static Reply Hang { get; } =
        async cancellationToken =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new OperationCanceledException(cancellationToken);
        };

    /// <summary>A whole answer.</summary>
    public static Reply Answer(params string[] tokens) => Stream([Role, .. tokens.Select(Token), Finish, Done]);

    public static Reply Status(int status, string? retryAfter = null) =>
        _ =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent("{}") };
            if (retryAfter is not null)
                response.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(response);
        };

    public static Reply Status(int status, DateTimeOffset retryAfter) =>
        Status(status, retryAfter.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>200, and a stream of parts that ends politely after the last.</summary>
    public static Reply Stream(params Part[] parts) =>
        _ =>
            Task.FromResult(
                new HttpResponseMessage
                {
                    Content = new StreamContent(new ScriptedStream(parts))
                    {
                        Headers = { { "Content-Type", "text/event-stream" } },
                    },
                }
            );

    /// <summary>Replies as soon as a test wants it to.</summary>
    public static Reply After(Task gate, Reply reply) =>
        async cancellationToken =>
        {
            await gate.WaitAsync(cancellationToken);
            return await reply(cancellationToken);
        };

    public static Part Token(string text) =>
        Data($$$"""{"choices":[{"delta":{"content":{{{JsonSerializer.Serialize(text)}}}}}]}""");

    public static Part FinishWith(string reason) =>
        Data($$$"""{"choices":[{"delta":{},"finish_reason":"{{{reason}}}"}]}""");

    public static Part Data(string json) => Raw($"data: {json}\n\n");

    public static Part Raw(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public static Part Bytes(byte[] bytes) => _ => Task.FromResult(bytes);

    public static Part When(Task gate, Part part) =>
        async cancellationToken =>
        {
            await gate.WaitAsync(cancellationToken);
            return await part(cancellationToken);
        };
}
