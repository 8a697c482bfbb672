using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence;

/// <summary>
/// Prepares the database while the service is already up: applies pending migrations if the settings allow it, else waits
/// until they have been applied. An unavailable database only delays the start; a newer schema, or a fault that waiting does
/// not resolve, ends it.
/// </summary>
internal sealed class DatabaseStartup(
    IDatabaseMigrator migrator,
    IDatabaseCapacity capacity,
    DatabaseFaults faults,
    DatabaseState state,
    DatabaseOptions options,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<DatabaseStartup> logger
) : BackgroundService
{
    private static readonly TimeSpan BasePause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var pause = BasePause; !await TryAsync(stoppingToken); )
        {
            await Task.Delay(pause, clock, stoppingToken);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }

        state.Open();
        logger.LogInformation("The database is ready");
        await WarnAboutShortageAsync(stoppingToken);
    }

    private async Task WarnAboutShortageAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (await capacity.FindShortageAsync(stoppingToken) is { } shortage)
                logger.LogWarning("The database may run out of connections: {Shortage}", shortage);
        }
        catch (Exception exception) when (faults.IsUnavailability(exception))
        {
            // The service works without the warning, and requests report an unavailable database.
            logger.LogWarning("The database's connections could not be counted: {Reason}", faults.Describe(exception));
        }
    }

    private async Task<bool> TryAsync(CancellationToken stoppingToken)
    {
        try
        {
            await migrator.RequireUsableAsync(stoppingToken);
            // Most starts have no pending migrations, and need no lock.
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

            ReportWait(pending, null);
        }
        catch (Exception exception) when (exception is SchemaNewerException or DatabaseUnusableException)
        {
            state.SetRefused(exception.Message);
            // A host that is stopped before it has started does not report the reason.
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
            // The fault may be resolved while the start waits; the health check reports it until then.
            ReportWait(
                exception is DatabaseUnavailableException
                    ? exception.Message
                    : $"The database could not be prepared: {exception.GetType().Name}.",
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

    private void ReportWait(string reason, Exception? exception)
    {
        if (state.WaitingFor != reason) // each reason is logged once, not at every attempt
            logger.LogWarning(exception, "The start waits for the database: {Reason}", reason);
        state.SetWaitingFor(reason);
    }
}
