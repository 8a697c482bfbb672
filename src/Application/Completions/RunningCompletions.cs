using System.Collections.Concurrent;

namespace QrAi.Application.Completions;

/// <summary>The completions that are being made in this process for callers who may ask for them again.</summary>
public sealed class RunningCompletions
{
    private readonly ConcurrentDictionary<(string Owner, string Key), CompletionRun> _runs = new();

    /// <summary>Waits until every completion is made and kept; when the time is up it stops those that still run.</summary>
    /// <param name="finish">Ends when they may go on no longer.</param>
    /// <param name="giveUp">Ends the waiting altogether.</param>
    public async Task DrainAsync(CancellationToken finish, CancellationToken giveUp)
    {
        await using var stop = finish.Register(() =>
        {
            foreach (var run in _runs.Values)
                run.Stop();
        });
        while (!_runs.IsEmpty && !giveUp.IsCancellationRequested)
            await Task.WhenAll(_runs.Values.Select(run => run.Ended))
                .WaitAsync(giveUp)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The completion of a key, if it is being made here.</summary>
    /// <param name="owner">Whose key it is.</param>
    /// <param name="key">The key's hash.</param>
    internal CompletionRun? Find(string owner, string key) => _runs.GetValueOrDefault((owner, key));

    /// <summary>Starts one. It goes on by itself from its first wait on.</summary>
    /// <param name="owner">Whose key it is.</param>
    /// <param name="key">The key's hash.</param>
    /// <param name="work">Makes, tells and keeps it; what it throws is told to the followers.</param>
    internal CompletionRun Start(string owner, string key, Func<CompletionRun, Task> work)
    {
        var run = new CompletionRun();
        _runs[(owner, key)] = run;
        _ = FinishAsync();
        return run;

        async Task FinishAsync()
        {
            try
            {
                await work(run);
            }
            catch (Exception exception)
            {
                run.Close(exception); // or its followers would wait for ever
            }

            _runs.TryRemove(new((owner, key), run));
            run.Dispose();
            run.SetEnded();
        }
    }
}
