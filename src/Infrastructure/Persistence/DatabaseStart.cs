using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Gets the database ready while the service is up already: migrates it where the settings say so, else waits until
/// somebody has. A database that is down makes the start longer, not fail; one that belongs to a newer program, or that
/// this one cannot use however long it waits, ends it.
/// </summary>
internal sealed class DatabaseStart(
    IDatabaseMigrator migrator,
    IDatabaseCapacity capacity,
    DatabaseFaults faults,
    DatabaseState state,
    DatabaseOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<DatabaseStart> logger
) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var pause = FirstPause; !await TryAsync(stoppingToken); )
        {
            await Task.Delay(pause, clock, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        state.Open();
        logger.LogInformation("The database is ready");
        await WarnOfShortageAsync(stoppingToken);
    }

    private async Task WarnOfShortageAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await capacity.FindShortageAsync(stoppingToken) is { } shortage)
                logger.LogWarning("The database may run out of connections: {Shortage}", shortage);
        }
        catch (Exception exception) when (faults.IsUnavailability(exception))
        {
            // The service works without the answer, and callers will be told if the database is away again.
            logger.LogWarning("The database's connections could not be counted: {Reason}", faults.Describe(exception));
        }
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await migrator.RequireUsableAsync(stoppingToken);
            // Most starts find nothing to do, and need no lock to see it.
            if (await FindPendingAsync(stoppingToken) is not { } pending)
                return true;

            if (options.MigrateOnStart)
            {
                await foreach (var step in migrator.MigrateAsync(null, mayRevert: false, stoppingToken))
                    logger.LogInformation("Applied {Migration}", step.Migration);
                pending = await FindPendingAsync(stoppingToken);
                if (pending is null)
                    return true;
            }

            Wait(pending, null);
        }
        catch (Exception exception) when (exception is SchemaNewerException or DatabaseUnusableException)
        {
            state.SetRefused(exception.Message);
            // A host that is stopped before it has started fails without a reason.
            using var started = CancellationTokenSource.CreateLinkedTokenSource(
                stoppingToken,
                lifetime.ApplicationStarted
            );
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, started.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lifetime.StopApplication();
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it is, somebody may mend it while we wait; the health check tells it meanwhile.
            Wait(
                exception is DatabaseUnavailableException
                    ? exception.Message
                    : $"The database could not be made ready: {exception.GetType().Name}.",
                exception
            );
        }

        return false;
    }

    private async Task<string?> FindPendingAsync(CancellationToken stoppingToken)
    {
        var migrations = await migrator.ListAsync(stoppingToken);
        MigrationPlan.ThrowIfNewer(migrations);
        return migrations.DescribePending();
    }

    private void Wait(string reason, Exception? exception)
    {
        if (state.WaitingFor != reason) // the same reason every two seconds would only fill the log
            logger.LogWarning(exception, "The start waits for the database: {Reason}", reason);
        state.SetWaitingFor(reason);
    }
}
