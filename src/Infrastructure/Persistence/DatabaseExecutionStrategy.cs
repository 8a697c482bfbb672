using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// The one gate that every query and every save passes: repeats what a broken connection interrupted, and turns a database
/// that cannot be used into <see cref="DatabaseUnavailableException"/>. Repeating a save is safe: ids are made before it,
/// so that a second one is noticed. Drivers have time limits of their own, but a server that
/// hangs can make them wait twice (Npgsql tries to cancel a statement before it gives it up): the gate waits for neither.
/// </summary>
internal sealed class DatabaseExecutionStrategy(
    ExecutionStrategyDependencies dependencies,
    DatabaseFaults faults,
    TimeSpan timeout
) : ExecutionStrategy(dependencies, MaxRepeats, LongestPause)
{
    /// <summary>What a driver's own time limit may take longer, as its error tells more than the gate's.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private const int MaxRepeats = 3;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    public override async Task<TResult> ExecuteAsync<TState, TResult>(
        TState state,
        Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
        Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded,
        CancellationToken cancellationToken = default
    )
    {
        if (Current is not null)
            return await operation(Dependencies.CurrentContext.Context, state, cancellationToken);

        try
        {
            var work = base.ExecuteAsync(state, operation, verifySucceeded, cancellationToken);
            if (!work.IsCompleted)
                await WaitAsync(work, (QrAiDbContext)Dependencies.CurrentContext.Context);
            return await work;
        }
        catch (Exception exception) when (faults.IsUnavailability(exception))
        {
            throw faults.Translate(exception);
        }
    }

    private async Task WaitAsync(Task work, QrAiDbContext database)
    {
        // Whether the time is over or not: what has ended by now counts, however close it was.
        await work.WaitAsync(timeout + Grace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompleted)
            return;
        database.LeaveTo(work);
        throw new DatabaseUnavailableException("The database did not answer in time.");
    }

    protected override bool ShouldRetryOn(Exception exception) => faults.IsWorthRepeating(exception);
}
