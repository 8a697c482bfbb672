using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using QrAi.Application.Work;

namespace QrAi.Application.Generations;

/// <summary>
/// Writes the new parts of all answers that this process generates, by one statement every 100 ms, so that a process that
/// dies loses no more. The statement returns which answers are to be cancelled and which another process owns now. An answer
/// that ends within the first 100 ms is not written here.
/// </summary>
internal sealed class AnswerRecorder(
    IAnswerStore store,
    Worker worker,
    TimeProvider clock,
    ILogger<AnswerRecorder> logger
)
{
    /// <summary>The maximum text of an answer in one statement, in UTF-16 code units. The rest follows with the next one.</summary>
    private const int MaxText = 256 * 1024;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    /// <summary>The maximum time between two writes of an answer that does not grow, to learn about interruptions.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<Guid, RecordedAnswer> _answers = new();
    private readonly PeriodicLoop _loop = new(nameof(AnswerRecorder), clock, logger);
    private readonly Lock _gate = new();
    private bool _isRunning;

    /// <summary>Starts to record an answer.</summary>
    /// <param name="running">The answer.</param>
    /// <param name="takeovers">The number of takeovers when this worker began to generate the answer.</param>
    public void Add(RunningGeneration running, int takeovers)
    {
        _answers[running.Generation.Identity.Id] = new RecordedAnswer(running, takeovers, clock.GetTimestamp());
        lock (_gate)
        {
            if (_isRunning)
                return;
            _isRunning = true;
        }

        _ = Background.Start(() => _loop.RunAsync(RunAsync, Period, () => Period, CancellationToken.None));
    }

    /// <summary>Stops recording an answer, and waits for its current write.</summary>
    /// <param name="running">The answer.</param>
    /// <returns>Whether parts of the answer may be stored.</returns>
    public async ValueTask<bool> RemoveAsync(RunningGeneration running)
    {
        var id = running.Generation.Identity.Id;
        if (
            !_answers.TryGetValue(id, out var answer)
            || answer.Running != running
            || !_answers.TryRemove(new(id, answer))
        )
            return true; // it was lost, and this process may have taken it over again
        await answer.CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answer.WasWritten;
    }

    private async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            if (_answers.IsEmpty)
            {
                _isRunning = false;
                return false;
            }

        await WriteAsync();
        return true;
    }

    private async Task WriteAsync()
    {
        var now = clock.GetTimestamp();
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var batch = new List<RecordedAnswer>();
        var parts = new List<AnswerPart>();
        foreach (var (_, answer) in _answers)
            if (clock.GetElapsedTime(answer.LastSeen, now) is var silence && silence >= Period)
                if (answer.NextPart(MaxText, isDue: silence >= MaxSilence, written.Task) is { } part)
                {
                    batch.Add(answer);
                    parts.Add(part);
                }

        if (parts.Count == 0)
            return;
        var lost = new List<RecordedAnswer>();
        try
        {
            var interruptions = (await store.RecordAsync(worker.Id, parts, CancellationToken.None)).ToDictionary(
                interruption => interruption.AnswerId
            );
            foreach (var answer in batch)
            {
                var isInterrupted = interruptions.TryGetValue(answer.Id, out var interruption);
                if (interruption.IsLost)
                {
                    lost.Add(answer);
                    continue;
                }

                answer.Confirm(now);
                if (isInterrupted)
                    answer.Running.Cancel();
            }
        }
        finally
        {
            written.SetResult();
        }

        foreach (var answer in lost)
        {
            logger.LogWarning(
                "Answer {AnswerId} was taken over by another process, or its session was deleted",
                answer.Id
            );
            _answers.TryRemove(new(answer.Id, answer));
            answer.Running.Lose();
        }
    }
}
