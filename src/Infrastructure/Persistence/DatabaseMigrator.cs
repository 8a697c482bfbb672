using Microsoft.EntityFrameworkCore;
using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// What both databases' migrators share. EF Core's own lock does not do: in PostgreSQL it is released at each migration's
/// commit, in SQLite it outlives a process that is killed.
/// </summary>
internal abstract class DatabaseMigrator<TContext>(
    IDbContextFactory<TContext> databases,
    DatabaseFaults faults,
    TimeProvider clock
) : IDatabaseMigrator
    where TContext : QrAiDbContext
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public Task MigrateAsync(CancellationToken cancellationToken) =>
        TranslateFaults(async () =>
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await using var held = await LockAsync(database, cancellationToken);

            // Only under the lock: what was pending before may have been applied by its last holder.
            if ((await database.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
                await database.Database.MigrateAsync(cancellationToken);
            return true;
        });

    public Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken) =>
        TranslateFaults<IReadOnlyList<string>>(async () =>
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            return [.. await database.Database.GetPendingMigrationsAsync(cancellationToken)];
        });

    /// <summary>Takes the lock if it is free.</summary>
    /// <returns>What releases it, or null.</returns>
    protected abstract Task<IAsyncDisposable?> TryLockAsync(TContext database, CancellationToken cancellationToken);

    private async Task<IAsyncDisposable> LockAsync(TContext database, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            if (await TryLockAsync(database, cancellationToken) is { } held)
                return held;
            if (clock.GetElapsedTime(start) > LongestWait)
                throw new TimeoutException(
                    $"Another process has been migrating the database for {LongestWait.TotalMinutes} minutes."
                );
            // Polling, as a session that blocks on the lock would hold back an index made concurrently.
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task<T> TranslateFaults<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception)
            when (exception is not DatabaseUnavailableException && faults.IsUnavailability(exception))
        {
            throw new DatabaseUnavailableException(faults.Describe(exception), exception);
        }
    }
}
