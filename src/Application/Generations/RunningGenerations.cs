using System.Collections.Concurrent;
using QrAi.Application.Errors;

namespace QrAi.Application.Generations;

/// <summary>The generations that are made in this process, so that they can be found, cancelled and waited for.</summary>
public sealed class RunningGenerations
{
    private readonly ConcurrentDictionary<Guid, RunningGeneration> _running = new();
    private volatile bool _stopping;

    /// <summary>How many there are.</summary>
    public int Count => _running.Count;

    /// <summary>Refuses new ones while the service stops.</summary>
    /// <exception cref="ShuttingDownException">It does.</exception>
    internal void ThrowIfStopping()
    {
        if (_stopping)
            throw new ShuttingDownException();
    }

    /// <summary>Finds one, if it is made here.</summary>
    /// <param name="owner">Who looks for it; another's is not found.</param>
    /// <param name="id">The answer or the completion.</param>
    internal RunningGeneration? Find(string owner, Guid id) =>
        _running.TryGetValue(id, out var running) && running.Generation.Identity.Owner == owner ? running : null;

    /// <summary>Stops those of a session that is deleted.</summary>
    /// <param name="sessionId">The session.</param>
    internal void CancelIn(Guid sessionId)
    {
        foreach (var running in _running.Values)
            if (running.Generation.Identity.SessionId == sessionId)
                running.Cancel();
    }

    /// <summary>From now on no new ones are taken.</summary>
    public void StopAccepting() => _stopping = true;

    /// <summary>Waits until none is made any more, at most until a time.</summary>
    /// <param name="finish">Ends the waiting.</param>
    public async Task WaitAsync(CancellationToken finish)
    {
        while (!_running.IsEmpty && !finish.IsCancellationRequested)
            await Task.WhenAll(_running.Values.Select(running => running.Released))
                .WaitAsync(finish)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Those that are answers, which another process could go on with.</summary>
    internal IReadOnlyList<RunningGeneration> FindAnswers() =>
        [.. _running.Values.Where(running => running.Generation.Identity.SessionId is not null)];

    /// <summary>Stops all that still run.</summary>
    public void Stop()
    {
        foreach (var running in _running.Values)
            running.Stop();
    }

    /// <summary>Starts to make one. It goes on by itself from its first wait on.</summary>
    /// <param name="generation">What is made.</param>
    /// <param name="work">Makes it, and ends it whatever happens.</param>
    internal RunningGeneration Start(Generation generation, Func<RunningGeneration, Task> work)
    {
        var running = new RunningGeneration(generation);
        var id = generation.Identity.Id;
        // This process may take over what it was thought to have died of: then there is one already.
        while (!_running.TryAdd(id, running))
            if (_running.TryRemove(id, out var former))
                former.Lose();
        _ = RunAsync();
        return running;

        async Task RunAsync()
        {
            try
            {
                await work(running);
            }
            catch (Exception exception)
            {
                generation.Break(exception); // or its followers would wait for ever
            }

            _running.TryRemove(new(id, running));
            running.Dispose();
        }
    }
}
