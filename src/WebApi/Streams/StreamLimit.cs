using QrAi.WebApi.Authentication;

namespace QrAi.WebApi.Streams;

/// <summary>Limits how many streams a caller has at once: each costs a connection, and may stay open for long.</summary>
/// <param name="most">So many for each owner; 0 for any number.</param>
internal sealed class StreamLimit(int most)
{
    private readonly Dictionary<string, int> _open = [];
    private readonly Lock _gate = new();

    /// <summary>Counts a stream until its request ends. It comes before anything that the request changes.</summary>
    /// <exception cref="TooManyStreamsException">The caller has as many as it may have.</exception>
    public void Enter(HttpContext context)
    {
        if (most == 0)
            return;
        var owner = context.User.FindOwner()!;
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(owner);
            if (open >= most)
                throw new TooManyStreamsException(most);
            _open[owner] = open + 1;
        }

        context.Response.RegisterForDispose(new Place(this, owner));
    }

    private void Leave(string owner)
    {
        lock (_gate)
            if (--_open[owner] == 0)
                _open.Remove(owner);
    }

    private sealed class Place(StreamLimit limit, string owner) : IDisposable
    {
        public void Dispose() => limit.Leave(owner);
    }
}

/// <summary>A caller has as many streams as it may have at once.</summary>
/// <param name="most">How many that is.</param>
internal sealed class TooManyStreamsException(int most)
    : Exception($"This caller has {most} streams already, the most.");
