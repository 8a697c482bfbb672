using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace QrAi.Tests.Unit.Support.WebApp;

/// <summary>Replies of the service to the page.</summary>
public static class PageReply
{
    /// <summary>A value as JSON.</summary>
    public static Func<HttpResponseMessage> Json<T>(T value) =>
        () =>
            new(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
                    Encoding.UTF8,
                    "application/json"
                ),
            };

    /// <summary>A page of a list.</summary>
    public static Func<HttpResponseMessage> Items<T>(string? nextCursor, params T[] items) =>
        Json(new { items, nextCursor });

    /// <summary>A response without a body.</summary>
    public static Func<HttpResponseMessage> Status(int status) => () => new((HttpStatusCode)status);

    /// <summary>An error of the service.</summary>
    public static Func<HttpResponseMessage> Problem(
        int status,
        string code,
        string detail = "",
        int? retryAfter = null
    ) =>
        () =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(
                    JsonSerializer.Serialize(new { code, detail }),
                    Encoding.UTF8,
                    "application/problem+json"
                ),
            };
            if (retryAfter is { } seconds)
                response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
            return response;
        };

    /// <summary>No connection.</summary>
    public static HttpResponseMessage Unreachable() => throw new HttpRequestException("There is no connection.");

    /// <summary>Events, then the regular end of the response.</summary>
    public static Func<HttpResponseMessage> Events(params string[] events) =>
        () => Stream(new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(events))));

    /// <summary>Events, then a lost connection.</summary>
    public static Func<HttpResponseMessage> EventsThenBreak(params string[] events) =>
        () => Stream(new BreakingStream(Encoding.UTF8.GetBytes(string.Concat(events))));

    /// <summary>Events as the test sends them.</summary>
    public static Func<HttpResponseMessage> Live(LiveEvents events) => () => Stream(events.Body);

    /// <summary>An event of a stream.</summary>
    public static string Event(string kind, string id, object data) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"event: {kind}\nid: {id}\ndata: {JsonSerializer.Serialize(data, JsonSerializerOptions.Web)}\n\n"
        );

    private static HttpResponseMessage Stream(Stream body) =>
        new(HttpStatusCode.OK)
        {
            Content = new StreamContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/event-stream") },
            },
        };

    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length
                ? throw new IOException("The connection is lost.")
                : base.ReadAsync(buffer, cancellationToken);
    }
}

/// <summary>The events of a response that the test sends one by one.</summary>
public sealed class LiveEvents
{
    private readonly Pipe _pipe = new();

    internal Stream Body => _pipe.Reader.AsStream();

    /// <summary>Sends events.</summary>
    public async Task SendAsync(params string[] events) =>
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(events)));

    /// <summary>Ends the response.</summary>
    public void End() => _pipe.Writer.Complete();
}
