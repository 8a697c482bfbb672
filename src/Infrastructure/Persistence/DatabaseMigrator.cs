using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// What both databases' migrators share. EF Core's own lock does not do: in PostgreSQL it is released at each migration's
/// commit, in SQLite it outlives a process that is killed.
/// </summary>
internal abstract class DatabaseMigrator<TContext>(
    IDbContextFactory<TContext> databases,
    DbContextOptions<TContext> options,
    IDatabaseInspector inspector,
    DatabaseFaults faults,
    TimeProvider clock,
    ILogger logger
) : IDatabaseMigrator
    where TContext : DbContext
{
    /// <summary>How long to wait for another process that migrates, and for tables that others use.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>A migration may have to read a large table once; more than this is no migration but a mistake.</summary>
    protected static readonly TimeSpan LongestStatement = TimeSpan.FromHours(1);

    public Task RequireUsableAsync(CancellationToken cancellationToken) =>
        TranslateFaultsAsync(async () =>
        {
            await RequireUsableAsync(willMigrate: false, cancellationToken);
            return true;
        });

    public Task<IReadOnlyList<MigrationDto>> ListAsync(CancellationToken cancellationToken) =>
        TranslateFaultsAsync(async () =>
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            return await ListAsync(database, cancellationToken);
        });

    public async IAsyncEnumerable<MigrationStep> MigrateAsync(
        string? target,
        bool mayRevert,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // Whoever listens to the steps must not hold the migrations up.
        var steps = Channel.CreateUnbounded<MigrationStep>();
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = WorkAsync();
        try
        {
            await foreach (var step in steps.Reader.ReadAllAsync(CancellationToken.None))
                yield return step;
        }
        finally
        {
            // The lock must be free when this ends, also for who stops listening in the middle.
            if (!work.IsCompleted)
                await left.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WorkAsync()
        {
            try
            {
                await TranslateFaultsAsync(async () =>
                {
                    await MigrateAsync(target, mayRevert, steps.Writer, left.Token);
                    return true;
                });
                steps.Writer.Complete();
            }
            catch (Exception exception)
            {
                steps.Writer.Complete(exception); // it is thrown where the steps are read
            }
        }
    }

    public Task<string> ScriptAsync(string? target, CancellationToken cancellationToken) =>
        TranslateFaultsAsync(async () =>
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            return await MigrationScript.WriteAsync(database, target, ListAsync, cancellationToken);
        });

    /// <summary>Gives a context that migrates a connection of its own, without the limits of those that answer callers.</summary>
    protected abstract void UseOwnConnection(DbContextOptionsBuilder<TContext> builder);

    /// <summary>Makes a context.</summary>
    protected abstract TContext Create(DbContextOptions<TContext> options);

    /// <summary>Takes the lock if it is free.</summary>
    /// <returns>What releases it, or null.</returns>
    protected abstract Task<IAsyncDisposable?> TryLockAsync(TContext database, CancellationToken cancellationToken);

    /// <summary>Whether a migration failed only because others use its tables; nothing of it has been done.</summary>
    protected abstract bool IsBlocked(Exception exception);

    /// <summary>Nothing is repeated behind our back: a new connection would not hold the lock.</summary>
    protected static IExecutionStrategy NeverRepeat(ExecutionStrategyDependencies dependencies) =>
        new NonRetryingExecutionStrategy(dependencies);

    private async Task MigrateAsync(
        string? target,
        bool mayRevert,
        ChannelWriter<MigrationStep> steps,
        CancellationToken cancellationToken
    )
    {
        await RequireUsableAsync(willMigrate: false, cancellationToken);
        var progress = new MigrationProgress(steps, logger);
        await using var database = Create(OptionsWith(progress));
        await using var held = await LockAsync(database, cancellationToken);

        for (var start = clock.GetTimestamp(); ; )
        {
            // Only under the lock: what was pending before may have been applied by its last holder.
            var migrations = await ListAsync(database, cancellationToken);
            var plan = MigrationPlan.Steps(migrations, target);
            if (plan.Count == 0)
                return;
            if (!mayRevert && plan.Any(step => step.Direction == MigrationDirection.Down))
                throw new InvalidRequestException("to", "lies backwards, which has to be confirmed");
            await RequireUsableAsync(willMigrate: true, cancellationToken);

            try
            {
                await database
                    .GetService<IMigrator>()
                    .MigrateAsync(MigrationPlan.Resolve(migrations, target), cancellationToken);
                progress.End();
                return;
            }
            catch (Exception exception) when (IsBlocked(exception))
            {
                var migration = progress.Fail();
                if (clock.GetElapsedTime(start) > LongestWait)
                    throw new DatabaseUnavailableException(
                        $"The tables of {migration} have been in use for {LongestWait.TotalMinutes} minutes: it was "
                            + "given up, and what came before it stays.",
                        exception
                    );
                logger.LogInformation("{Migration} waits for tables that are in use", migration);
                await Task.Delay(Pause * 5, clock, cancellationToken);
            }
        }
    }

    private DbContextOptions<TContext> OptionsWith(MigrationProgress progress)
    {
        var builder = new DbContextOptionsBuilder<TContext>(options);
        UseOwnConnection(builder);
        builder.LogTo((id, _) => MigrationProgress.Concerns(id), progress.Note).EnableDetailedErrors(false);
        return builder.Options;
    }

    private async Task<IAsyncDisposable> LockAsync(TContext database, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        for (var waiting = false; ; waiting = true)
        {
            if (await TryLockAsync(database, cancellationToken) is { } held)
                return held;
            if (clock.GetElapsedTime(start) > LongestWait)
                throw new DatabaseUnavailableException(
                    $"Another process has been migrating the database for {LongestWait.TotalMinutes} minutes."
                );
            if (!waiting)
                logger.LogInformation(
                    "Another process is migrating the database; waiting for up to {Minutes} minutes",
                    LongestWait.TotalMinutes
                );
            // Polling, as a session that blocks on the lock would hold back an index made concurrently.
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<MigrationDto>> ListAsync(
        DbContext database,
        CancellationToken cancellationToken
    )
    {
        var known = database.Database.GetMigrations().ToList();
        var applied = (await database.Database.GetAppliedMigrationsAsync(cancellationToken)).ToHashSet();
        return
        [
            .. known
                .Select(name => new MigrationDto(
                    name,
                    applied.Contains(name) ? MigrationState.Applied : MigrationState.Pending
                ))
                .Concat(applied.Except(known).Select(name => new MigrationDto(name, MigrationState.Unknown)))
                .OrderBy(migration => migration.Name, StringComparer.Ordinal),
        ];
    }

    private async Task RequireUsableAsync(bool willMigrate, CancellationToken cancellationToken)
    {
        if (await inspector.FindFaultAsync(willMigrate, cancellationToken) is { } fault)
            throw fault.ToException();
    }

    private async Task<T> TranslateFaultsAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception)
            when (exception is not (DatabaseUnavailableException or OperationCanceledException)
                && faults.IsUnavailability(exception)
            )
        {
            throw faults.Translate(exception);
        }
    }
}
