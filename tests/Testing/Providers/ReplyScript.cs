using System.Collections.Concurrent;
using System.Text.Json;

namespace QrAi.Tests.Testing.Providers;

/// <summary>
/// What a test tells a provider to do with its requests: each takes the next reply of a queue, and is kept to be looked at.
/// Thread-safe. How the requests come and the replies go is for its children to say: over a socket
/// (<see cref="ScriptedProvider"/>), as HTTP without one (<see cref="InMemoryProvider"/>), or as calls within the process.
/// </summary>
public abstract class ReplyScript
{
    private readonly ConcurrentQueue<Reply> _replies = new();
    private readonly List<ReceivedRequest> _requests = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private readonly Lock _lock = new();

    private protected ReplyScript(TimeProvider? clock) => Clock = clock ?? TimeProvider.System;

    /// <summary>
    /// What a request gets when no reply is queued. Where it is null, the request is a fault, so that a script says
    /// all that may be asked.
    /// </summary>
    public Reply? Default { get; set; } = Reply.Answer("A ", "scripted ", "answer.");

    /// <summary>
    /// Chooses the reply where none is queued; before <see cref="Default"/>. It runs concurrently: keep it stateless.
    /// </summary>
    public Func<ReceivedRequest, Reply>? RespondWith { get; set; }

    /// <summary>All chat completion requests so far, in order: a copy.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>How many replies are still queued.</summary>
    public int Queued => _replies.Count;

    /// <summary>What its replies wait by.</summary>
    private protected TimeProvider Clock { get; }

    /// <summary>Queues replies for the next requests, one each, in order.</summary>
    public void Enqueue(params Reply[] replies)
    {
        foreach (var reply in replies)
            _replies.Enqueue(reply);
    }

    /// <summary>Queues an answer that comes when the test says so.</summary>
    public GatedReply Gate()
    {
        var gate = Reply.Gated();
        Enqueue(gate);
        return gate;
    }

    /// <summary>Waits until at least so many requests have come since the start, and returns them all.</summary>
    /// <exception cref="TimeoutException">They did not come in time.</exception>
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
                $"{Requests.Count} of {count} requests came to the provider within {limit.TotalSeconds} s."
            );
        }

        return Requests;
    }

    /// <summary>Takes a request. Its number and the reply it gets are settled together, so that both have the same order.</summary>
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

    /// <summary>Whether a provider has anything there.</summary>
    private protected static bool IsCompletion(string method, Uri url) =>
        method == "POST" && url.AbsolutePath.EndsWith("/chat/completions", StringComparison.Ordinal);

    /// <summary>Reads a request's body; undefined if it is no JSON.</summary>
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

    // What no real provider would take gets no scripted reply either.
    private static Reply? Refuse(ReceivedRequest request)
    {
        if (request.Messages.Count == 0 || string.IsNullOrEmpty(request.Model))
            return Reply.Status(400, Reply.ErrorBody(400, "A JSON object with model and messages is expected."));
        return request.Stream
            ? null
            : Reply.Status(400, Reply.ErrorBody(400, "The scripted provider only streams: set stream to true."));
    }
}
