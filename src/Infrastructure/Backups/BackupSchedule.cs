using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Follows the schedule of the settings, in UTC.</summary>
internal sealed class BackupSchedule(
    ISender sender,
    BackupOptions options,
    TimeProvider clock,
    ILogger<BackupSchedule> logger,
    SecretReload? secrets = null
) : IBackupSchedule
{
    /// <summary>It looks at the clock at least so often: clocks are set, and machines sleep.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (options.Schedule.GetNextOccurrence(clock.GetUtcNow().UtcDateTime) is { } next)
        {
            logger.LogInformation("The next backup is made at {Next:u}", next);
            while (next - clock.GetUtcNow().UtcDateTime is var left && left > TimeSpan.Zero)
                await Task.Delay(left < LongestPause ? left : LongestPause, clock, cancellationToken);

            if (secrets is not null)
                await secrets.ReloadAsync(cancellationToken);
            // Each on its own: a storage that is down keeps nobody from verifying what is in the folder.
            await TryAsync(
                "made",
                async () => (await sender.Send(new CreateBackup(), cancellationToken)).Id,
                cancellationToken
            );
            await TryAsync(
                "verified",
                async () => (await sender.Send(new VerifyBackup(null), cancellationToken)).Id,
                cancellationToken
            );
            await TryAsync(
                "pruned",
                async () => string.Join(", ", (await sender.Send(new PruneBackups(), cancellationToken)).Removed),
                cancellationToken
            );
            await DropFormerAsync(cancellationToken);
        }

        throw new BackupFailedException("The schedule of backups never comes again.");
    }

    private async Task DropFormerAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var name in await sender.Send(new DropFormerDatabases(), cancellationToken))
                logger.LogInformation("Dropped {Database}, which a restore had replaced", name);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(
                exception is BackupFailedException ? null : exception,
                "Former databases not dropped: {Reason}",
                exception.Message
            );
        }
    }

    private async Task TryAsync(string what, Func<Task<string>> step, CancellationToken cancellationToken)
    {
        try
        {
            logger.LogInformation("Backup {What}: {Ids}", what, await step());
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, the next run comes in its time; what is foreseen says all in its message.
            logger.LogError(
                exception is BackupFailedException ? null : exception,
                "Backup not {What}: {Reason}",
                what,
                exception.Message
            );
        }
    }
}
