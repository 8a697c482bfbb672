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
/// The common part of both databases' migrators. EF Core's own lock is not sufficient: in PostgreSQL it is released at the
/// commit of each migration, in SQLite it outlives a killed process.
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
    /// <summary>The maximum wait for another migrating process, and for tables in use.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The time limit of a statement: a migration may have to read a large table once.</summary>
    protected static readonly TimeSpan MaxStatementTime = TimeSpan.FromHours(1);

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
        // A slow consumer of the steps must not delay the migrations.
        var steps = Channel.CreateUnbounded<MigrationStep>();
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = WorkAsync();
        try
        {
            await foreach (var step in steps.Reader.ReadAllAsync(CancellationToken.None))
                yield return step;
        }
        finally
        {
            // The lock must be released at the end, even if the consumer stops early.
            if (!work.IsCompleted)
                await abandoned.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WorkAsync()
        {
            try
            {
                await TranslateFaultsAsync(async () =>
                {
                    await MigrateAsync(target, mayRevert, steps.Writer, abandoned.Token);
                    return true;
                });
                steps.Writer.Complete();
            }
            catch (Exception exception)
            {
                steps.Writer.Complete(exception); // rethrown to the reader of the steps
            }
        }
    }

    public Task<string> ScriptAsync(string? target, CancellationToken cancellationToken) =>
        TranslateFaultsAsync(async () =>
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            return await MigrationScript.WriteAsync(database, target, ListAsync, cancellationToken);
        });

    /// <summary>Configures a separate connection for migrations, without the time limits of requests.</summary>
    protected abstract void UseOwnConnection(DbContextOptionsBuilder<TContext> builder);

    /// <summary>Creates a context.</summary>
    protected abstract TContext Create(DbContextOptions<TContext> options);

    /// <summary>Acquires the lock if it is free.</summary>
    /// <returns>A handle that releases the lock; null if another process holds it.</returns>
    protected abstract Task<IAsyncDisposable?> TryLockAsync(TContext database, CancellationToken cancellationToken);

    /// <summary>Whether a migration failed only because its tables are in use, without any effect.</summary>
    protected abstract bool IsBlocked(Exception exception);

    /// <summary>Returns the names of the applied migrations, and creates nothing.</summary>
    protected abstract Task<IReadOnlySet<string>> ReadAppliedAsync(
        DbContext database,
        CancellationToken cancellationToken
    );

    /// <summary>Turns off EF Core's retries, as a new connection would not hold the lock.</summary>
    protected static IExecutionStrategy WithoutRetries(ExecutionStrategyDependencies dependencies) =>
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
        await using var handle = await LockAsync(database, cancellationToken);

        for (var start = clock.GetTimestamp(); ; )
        {
            // Under the lock, as its previous holder may have applied pending migrations.
            var migrations = await ListAsync(database, cancellationToken);
            var plan = MigrationPlan.Steps(migrations, target);
            if (plan.Count == 0)
                return;
            if (!mayRevert && plan.Any(step => step.Direction == MigrationDirection.Down))
                throw new InvalidRequestException("to", "is a backward migration, which must be confirmed");
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
                if (clock.GetElapsedTime(start) > MaxWait)
                    throw new DatabaseUnavailableException(
                        $"The tables of {migration} have been in use for {MaxWait.TotalMinutes} minutes: it was "
                            + "cancelled, and the migrations before it remain applied.",
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
        builder.LogTo((id, _) => MigrationProgress.IsBeginning(id), progress.Begin).EnableDetailedErrors(false);
        return builder.Options;
    }

    private async Task<IAsyncDisposable> LockAsync(TContext database, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        for (var waiting = false; ; waiting = true)
        {
            if (await TryLockAsync(database, cancellationToken) is { } handle)
                return handle;
            if (clock.GetElapsedTime(start) > MaxWait)
                throw new DatabaseUnavailableException(
                    $"Another process has been migrating the database for {MaxWait.TotalMinutes} minutes."
                );
            if (!waiting)
                logger.LogInformation(
                    "Another process is migrating the database; waiting for up to {Minutes} minutes",
                    MaxWait.TotalMinutes
                );
            // Polling, as a session that blocks on the lock would delay the concurrent creation of an index.
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<MigrationDto>> ListAsync(DbContext database, CancellationToken cancellationToken)
    {
        var known = database.Database.GetMigrations().ToList();
        var applied = await ReadAppliedAsync(database, cancellationToken);
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
