using System.Collections.Concurrent;

namespace QrAi.Tests.Unit.Support.WebApp;

/// <summary>A request that the page has sent.</summary>
/// <param name="Route">The method and the path.</param>
/// <param name="Query">The query, with its question mark.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">The headers.</param>
public sealed record SentRequest(string Route, string Query, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>The service behind the page, in memory: it replies from a script, and records the requests.</summary>
public sealed class PageService : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpResponseMessage>>> _replies = new();
    private readonly ConcurrentQueue<SentRequest> _requests = new();

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<SentRequest> Requests => [.. _requests];

    /// <summary>Delays the replies until it has completed.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    /// <summary>Sets the replies to a route, such as <c>GET /api/sessions</c>; the last one repeats.</summary>
    public PageService On(string route, params Func<HttpResponseMessage>[] replies)
    {
        _replies[route] = new(replies);
        return this;
    }

    /// <summary>Returns the requests to a route.</summary>
    public IReadOnlyList<SentRequest> To(string route) => [.. _requests.Where(request => request.Route == route)];

    /// <summary>Creates a client of this service.</summary>
    public HttpClient CreateClient() => new(this, disposeHandler: false) { BaseAddress = new Uri("http://page.test/") };

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var route = $"{request.Method} {request.RequestUri!.AbsolutePath}";
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        _requests.Enqueue(
            new SentRequest(
                route,
                Uri.UnescapeDataString(request.RequestUri.Query),
                body,
                request.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value))
            )
        );
        if (!_replies.TryGetValue(route, out var replies))
            throw new InvalidOperationException($"The test has no reply to {route}.");
        await Ready.WaitAsync(cancellationToken);
        return (replies.Count > 1 && replies.TryDequeue(out var reply) ? reply : replies.First())();
    }
}
