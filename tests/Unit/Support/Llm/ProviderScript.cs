using System.Collections.Concurrent;

namespace QrAi.Tests.Unit.Support.Llm;

internal sealed record ReceivedRequest(
    HttpMethod Method,
    Uri? Url,
    IReadOnlyDictionary<string, string> Headers,
    string Body
);

/// <summary>A provider in memory, in place of the network: it replies by a script and keeps what it was sent.</summary>
internal sealed class ProviderScript : HttpMessageHandler
{
    private readonly ConcurrentQueue<Reply> _replies = new();
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly SemaphoreSlim _called = new(0);

    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    public int Calls => _requests.Count;

    public void Replies(params Reply[] replies)
    {
        foreach (var reply in replies)
            _replies.Enqueue(reply);
    }

    /// <summary>Ends at the next call that no test has waited for yet.</summary>
    public Task CalledAsync() => _called.WaitAsync().Soon();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var headers = request
            .Headers.Concat(request.Content!.Headers)
            .ToDictionary(header => header.Key, header => string.Join(",", header.Value));
        var body = await request.Content.ReadAsStringAsync(CancellationToken.None);
        _requests.Enqueue(new ReceivedRequest(request.Method, request.RequestUri, headers, body));
        _called.Release();
        return _replies.TryDequeue(out var reply)
            ? await reply(cancellationToken)
            : throw new NotSupportedException("The script has no reply for this call.");
    }
}
