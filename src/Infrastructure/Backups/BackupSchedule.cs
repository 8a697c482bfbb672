using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Creates, verifies and prunes backups by the schedule of the settings, in UTC.</summary>
internal sealed class BackupSchedule(
    ISender sender,
    BackupOptions options,
    TimeProvider clock,
    ILogger<BackupSchedule> logger,
    SecretReload? secrets = null
) : PeriodicJob(clock, logger)
{
    /// <summary>The maximum pause: the clock may be changed, and stops while the machine sleeps.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(10);

    private DateTime? _next;

    protected override TimeSpan DueTime => TimeSpan.Zero;

    protected override TimeSpan Period =>
        _next - Now is not { } left || left > MaxPause ? MaxPause
        : left > TimeSpan.Zero ? left
        : TimeSpan.Zero;

    private DateTime Now => Clock.GetUtcNow().UtcDateTime;

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        if (_next > Now)
            return true;
        try
        {
            if (_next is not null)
                await BackUpAsync(stoppingToken);
        }
        finally
        {
            _next = options.Schedule.GetNextOccurrence(Now);
            logger.LogInformation("The next backup is scheduled for {Next:u}", _next);
        }

        return true;
    }

    private async Task BackUpAsync(CancellationToken cancellationToken)
    {
        if (secrets is not null)
            await secrets.ReloadAsync(cancellationToken);
        // Each step is independent: unavailable storage does not prevent the verification of a backup in the folder.
        await TryAsync(
            "Backup not made",
            async () => Log("made", (await sender.Send(new CreateBackup(), cancellationToken)).Id),
            cancellationToken
        );
        await TryAsync(
            "Backup not verified",
            async () => Log("verified", (await sender.Send(new VerifyBackup(null), cancellationToken)).Id),
            cancellationToken
        );
        await TryAsync(
            "Backup not pruned",
            async () => Log("pruned", (await sender.Send(new PruneBackups(), cancellationToken)).Removed),
            cancellationToken
        );
        await TryAsync(
            "Former databases not dropped",
            async () =>
            {
                foreach (var name in await sender.Send(new DropFormerDatabases(), cancellationToken))
                    logger.LogInformation("Dropped {Database}, which a restore had replaced", name);
            },
            cancellationToken
        );
    }

    private void Log(string what, params IEnumerable<string> ids) =>
        logger.LogInformation("Backup {What}: {Ids}", what, string.Join(", ", ids));

    private async Task TryAsync(string problem, Func<Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The message of an expected failure is complete without its stack trace.
            logger.LogError(
                exception is BackupFailedException ? null : exception,
                "{Problem}: {Reason}",
                problem,
                exception.Message
            );
        }
    }
}
