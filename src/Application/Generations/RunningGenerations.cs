using System.Collections.Concurrent;
using QrAi.Application.Errors;

namespace QrAi.Application.Generations;

/// <summary>The generations of this process, which can be found, cancelled and awaited.</summary>
public sealed class RunningGenerations
{
    private readonly ConcurrentDictionary<Guid, RunningGeneration> _running = new();
    private volatile bool _stopping;

    /// <summary>The number of running generations.</summary>
    public int Count => _running.Count;

    /// <summary>Rejects new generations during the shutdown of the service.</summary>
    /// <exception cref="ShuttingDownException">If the service is shutting down.</exception>
    internal void ThrowIfStopping()
    {
        if (_stopping)
            throw new ShuttingDownException();
    }

    /// <summary>Finds a generation of this process.</summary>
    /// <param name="owner">The owner; a generation of another owner is not found.</param>
    /// <param name="id">The id of the answer or completion.</param>
    internal RunningGeneration? Find(string owner, Guid id) =>
        _running.TryGetValue(id, out var running) && running.Generation.Identity.Owner == owner ? running : null;

    /// <summary>Cancels the generations of a deleted session.</summary>
    /// <param name="sessionId">The session.</param>
    internal void CancelIn(Guid sessionId)
    {
        foreach (var running in _running.Values)
            if (running.Generation.Identity.SessionId == sessionId)
                running.Cancel();
    }

    /// <summary>Rejects new generations from now on.</summary>
    public void StopAccepting() => _stopping = true;

    /// <summary>Waits until all generations have ended.</summary>
    /// <param name="finish">Stops waiting, without an exception.</param>
    public async Task WaitAsync(CancellationToken finish)
    {
        while (!_running.IsEmpty && !finish.IsCancellationRequested)
            await Task.WhenAll(_running.Values.Select(running => running.Released))
                .WaitAsync(finish)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Returns the answers, which another process can continue, as opposed to completions.</summary>
    internal IReadOnlyList<RunningGeneration> FindAnswers() =>
        [.. _running.Values.Where(running => running.Generation.Identity.SessionId is not null)];

    /// <summary>Stops all generations.</summary>
    public void Stop()
    {
        foreach (var running in _running.Values)
            running.Stop();
    }

    /// <summary>Starts a generation, which continues in the background from its first wait.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="work">Generates the content, and ends the generation in any case.</param>
    internal RunningGeneration Start(Generation generation, Func<RunningGeneration, Task> work)
    {
        var running = new RunningGeneration(generation);
        var id = generation.Identity.Id;
        // If this process was considered dead, it may take over a generation that it still runs.
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
                generation.Break(exception); // otherwise its followers would wait forever
            }

            _running.TryRemove(new(id, running));
            running.Dispose();
        }
    }
}
