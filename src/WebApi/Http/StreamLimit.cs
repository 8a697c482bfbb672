using QrAi.Application.Callers;
using QrAi.WebApi.Authentication;

namespace QrAi.WebApi.Http;

/// <summary>Limits the concurrent streams of a caller: each occupies a connection, possibly for a long time.</summary>
/// <param name="streams">The streams; null for no limit.</param>
internal sealed class StreamLimit(StreamCounts? streams = null)
{
    /// <summary>Counts a stream until its request ends. Call it before the request changes anything.</summary>
    /// <exception cref="TooManyStreamsException">If the caller has the maximum already.</exception>
    public void Enter(HttpContext context)
    {
        if (streams is null)
            return;
        var owner = context.User.FindOwner()!;
        if (!streams.TryEnter(owner))
            throw new TooManyStreamsException(streams.Limit);
        context.Response.RegisterForDispose(new Lease(streams, owner));
    }

    private sealed class Lease(StreamCounts streams, string owner) : IDisposable
    {
        public void Dispose() => streams.Leave(owner);
    }
}

/// <summary>A caller has the maximum of concurrent streams.</summary>
/// <param name="limit">The maximum.</param>
internal sealed class TooManyStreamsException(int limit)
    : Exception($"This caller already has {limit} concurrent streams, the maximum.");
