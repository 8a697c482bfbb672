using QrAi.WebApi.Authentication;

namespace QrAi.WebApi.Streams;

/// <summary>Limits the concurrent streams of a caller: each occupies a connection, possibly for a long time.</summary>
/// <param name="limit">The maximum for each owner; 0 for no limit.</param>
internal sealed class StreamLimit(int limit)
{
    private readonly Dictionary<string, int> _open = [];
    private readonly Lock _gate = new();

    /// <summary>Counts a stream until its request ends. Call it before the request changes anything.</summary>
    /// <exception cref="TooManyStreamsException">If the caller has the maximum already.</exception>
    public void Enter(HttpContext context)
    {
        if (limit == 0)
            return;
        var owner = context.User.FindOwner()!;
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(owner);
            if (open >= limit)
                throw new TooManyStreamsException(limit);
            _open[owner] = open + 1;
        }

        context.Response.RegisterForDispose(new Lease(this, owner));
    }

    private void Release(string owner)
    {
        lock (_gate)
            if (--_open[owner] == 0)
                _open.Remove(owner);
    }

    private sealed class Lease(StreamLimit streams, string owner) : IDisposable
    {
        public void Dispose() => streams.Release(owner);
    }
}

/// <summary>A caller has the maximum of concurrent streams.</summary>
/// <param name="limit">The maximum.</param>
internal sealed class TooManyStreamsException(int limit)
    : Exception($"This caller already has {limit} concurrent streams, the maximum.");
