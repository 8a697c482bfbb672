using System.Collections.Concurrent;
using System.Text.Json;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// The replies of a provider to its requests: each request takes the next reply of a queue, and is recorded.
/// Thread-safe. Subclasses define the transport: a socket (<see cref="ScriptedProvider"/>), HTTP without a socket
/// (<see cref="InMemoryProvider"/>), or in-process calls.
/// </summary>
public abstract class ReplyScript
{
    private readonly ConcurrentQueue<Reply> _replies = new();
    private readonly List<ReceivedRequest> _requests = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly Lock _lock = new();

    private protected ReplyScript(TimeProvider? clock) => Clock = clock ?? TimeProvider.System;

    /// <summary>
    /// The reply to a request if none is queued. If it is null, such a request is an error, so that the script covers
    /// every allowed request.
    /// </summary>
    public Reply? Default { get; set; } = Reply.Answer("A ", "scripted ", "answer.");

    /// <summary>
    /// Selects the reply if none is queued, before <see cref="Default"/>. It runs concurrently and must be stateless.
    /// </summary>
    public Func<ReceivedRequest, Reply>? RespondWith { get; set; }

    /// <summary>A copy of all chat completion requests so far, in order.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>The number of queued replies.</summary>
    public int Queued => _replies.Count;

    /// <summary>The clock of the waits within replies.</summary>
    private protected TimeProvider Clock { get; }

    /// <summary>Queues replies for the next requests, one each, in order.</summary>
    public void Enqueue(params Reply[] replies)
    {
        foreach (var reply in replies)
            _replies.Enqueue(reply);
    }

    /// <summary>Queues an answer that the test sends part by part.</summary>
    public GatedReply Gate()
    {
        var gate = Reply.Gated();
        Enqueue(gate);
        return gate;
    }

    /// <summary>Waits until at least this number of requests has arrived, and returns them all.</summary>
    /// <exception cref="TimeoutException">They did not arrive in time.</exception>
    public async Task<IReadOnlyList<ReceivedRequest>> WaitForRequestsAsync(int count, TimeSpan? timeout = null)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_requests.Count >= count)
                return [.. _requests];
            _waiting.Add((count, reached));
        }

        var limit = timeout ?? Eventually.DefaultLimit;
        try
        {
            await reached.Task.WaitAsync(limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"{Requests.Count} of {count} requests reached the provider within {limit.TotalSeconds} s."
            );
        }

        return Requests;
    }

    /// <summary>Records a request. Its number and reply are assigned together, in the same order.</summary>
    /// <exception cref="InvalidOperationException">The script has no reply for it.</exception>
    internal (ReceivedRequest Request, Reply Reply) Receive(
        Uri? url,
        IReadOnlyDictionary<string, string> headers,
        JsonElement body
    )
    {
        ReceivedRequest request;
        Reply? reply;
        lock (_lock)
        {
            request = new ReceivedRequest(_requests.Count + 1, Clock.GetUtcNow(), url, headers, body);
            _requests.Add(request);
            reply = Refuse(request);
            if (reply is null)
                _replies.TryDequeue(out reply);
            _waiting.RemoveAll(waiting => _requests.Count >= waiting.Count && waiting.Reached.TrySetResult());
        }

        reply ??= RespondWith?.Invoke(request) ?? Default;
        return (request, reply ?? throw new InvalidOperationException($"The script has no reply for {request}."));
    }

    /// <summary>Returns whether it is a chat completion request.</summary>
    private protected static bool IsCompletion(string method, Uri url) =>
        method == "POST" && url.AbsolutePath.EndsWith("/chat/completions", StringComparison.Ordinal);

    /// <summary>Reads a request's body; undefined if it is not JSON.</summary>
    private protected static async Task<JsonElement> ReadBodyAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(body, default, cancellationToken);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    // A request that real providers refuse takes no scripted reply.
    private static Reply? Refuse(ReceivedRequest request)
    {
        if (request.Messages.Count == 0 || string.IsNullOrEmpty(request.Model))
            return Reply.Status(400, Reply.ErrorBody(400, "A JSON object with model and messages is expected."));
        return request.Stream
            ? null
            : Reply.Status(400, Reply.ErrorBody(400, "The scripted provider only streams: set stream to true."));
    }
}
