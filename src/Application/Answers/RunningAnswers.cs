using System.Collections.Concurrent;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;

namespace QrAi.Application.Answers;

/// <summary>The answers that are being generated in this process, so that they can be found, cancelled and waited for.</summary>
public sealed class RunningAnswers
{
    private readonly ConcurrentDictionary<(string Owner, Guid AnswerId), AnswerRun> _runs = new();
    private volatile bool _stopping;

    /// <summary>How many answers are being generated.</summary>
    public int Count => _runs.Count;

    /// <summary>Refuses new questions while the service stops.</summary>
    /// <exception cref="ShuttingDownException">It does.</exception>
    public void ThrowIfStopping()
    {
        if (_stopping)
            throw new ShuttingDownException();
    }

    /// <summary>The run of an answer, if it is being generated here.</summary>
    /// <param name="owner">Who looks for it; another's is not found.</param>
    /// <param name="answerId">The answer.</param>
    public AnswerRun? Find(string owner, Guid answerId) => _runs.GetValueOrDefault((owner, answerId));

    /// <summary>From now on no question is taken.</summary>
    public void StopAccepting() => _stopping = true;

    /// <summary>Waits until every answer has ended and is kept; when the time is up it stops those that still run.</summary>
    /// <param name="finish">Ends when running answers may finish no longer.</param>
    /// <param name="giveUp">Ends the waiting altogether.</param>
    public async Task DrainAsync(CancellationToken finish, CancellationToken giveUp)
    {
        StopAccepting();
        await using var stop = finish.Register(() =>
        {
            foreach (var run in _runs.Values)
                run.Stop();
        });
        while (!_runs.IsEmpty && !giveUp.IsCancellationRequested)
            await ((Task)Task.WhenAll(_runs.Values.Select(run => run.Ended)))
                .WaitAsync(giveUp)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Starts the work of a run. It goes on by itself from its first wait on.</summary>
    /// <param name="run">The run; it is disposed of when the work is done.</param>
    /// <param name="work">Generates and keeps the answer. What it throws has been logged.</param>
    internal void Start(AnswerRun run, Func<AnswerRun, Task<MessageDto>> work)
    {
        _runs[(run.Owner, run.AnswerId)] = run;
        _ = FinishAsync(run, work);
    }

    private async Task FinishAsync(AnswerRun run, Func<AnswerRun, Task<MessageDto>> work)
    {
        var end = RunAsync();
        await ((Task)end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Whoever waits for the end goes on from here at once, and must find the run gone.
        _runs.TryRemove((run.Owner, run.AnswerId), out _);
        run.Dispose();
        run.SetEnded(end);

        async Task<MessageDto> RunAsync() => await work(run);
    }
}
