using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Executes every query and save of EF Core: retries what a broken connection interrupted, and throws
/// <see cref="DatabaseUnavailableException"/> for an unavailable database. A save can be retried safely: its ids are generated
/// before, so that a duplicate is detected. The time limit is enforced here too, as a hanging server can make a driver wait
/// twice: Npgsql tries to cancel a statement before it gives up.
/// </summary>
internal sealed class DatabaseExecutionStrategy(
    ExecutionStrategyDependencies dependencies,
    DatabaseFaults faults,
    TimeSpan timeout
) : ExecutionStrategy(dependencies, MaxRetries, MaxPause)
{
    /// <summary>The additional time for the driver's own time limit, whose error is more specific.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private const int MaxRetries = 3;
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(200);

    public override async Task<TResult> ExecuteAsync<TState, TResult>(
        TState state,
        Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
        Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded,
        CancellationToken cancellationToken = default
    )
    {
        if (Current is not null)
            return await operation(Dependencies.CurrentContext.Context, state, cancellationToken);

        var context = (QrAiDbContext)Dependencies.CurrentContext.Context;
        try
        {
            // Nothing of a transaction can be repeated alone. Only snapshots have one, with time limits of their own.
            if (context.Database.CurrentTransaction is not null)
                return await operation(context, state, cancellationToken);
            var work = base.ExecuteAsync(state, operation, verifySucceeded, cancellationToken);
            if (!work.IsCompleted)
                await WaitAsync(work, context);
            return await work;
        }
        catch (Exception exception) when (faults.IsUnavailability(exception))
        {
            throw faults.Translate(exception);
        }
    }

    private async Task WaitAsync(Task work, QrAiDbContext database)
    {
        // A result that is available at the end of the limit counts.
        await work.WaitAsync(timeout + Grace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (work.IsCompleted)
            return;
        database.DeferDisposal(work);
        throw new DatabaseUnavailableException("The database did not answer in time.");
    }

    protected override bool ShouldRetryOn(Exception exception) => faults.IsRetryable(exception);
}
