using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>The status of the stored backups.</summary>
/// <param name="HasBackups">Whether there are any.</param>
/// <param name="LastVerified">When the last verified backup was created.</param>
/// <param name="Problem">Why the status may be incomplete; null if it is complete.</param>
internal sealed record BackupStatus(bool HasBackups, DateTimeOffset? LastVerified, string? Problem);

/// <summary>Reads the status of backups, and caches it: each read sends requests to the storage.</summary>
internal sealed class VerifiedBackups(IBackupArchive archive, TimeProvider clock) : IDisposable
{
    /// <summary>How long a status is cached.</summary>
    public static readonly TimeSpan CacheTime = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _lock = new(1, 1);
    private (DateTimeOffset At, BackupStatus Status)? _last;

    public async Task<BackupStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        await _lock.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && clock.GetUtcNow() - last.At < CacheTime)
                return last.Status;
            var status = await ReadStatusAsync(cancellationToken);
            // Unavailable storage still has the backups of the last status.
            if (
                status.Problem is not null
                && _last?.Status.LastVerified is { } known
                && !(status.LastVerified >= known)
            )
                status = status with { LastVerified = known, HasBackups = true };
            _last = (clock.GetUtcNow(), status);
            return status;
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Dispose() => _lock.Dispose();

    private async Task<BackupStatus> ReadStatusAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MaxWait);
        try
        {
            var listing = await archive.ListAsync(limit.Token).WaitAsync(limit.Token);
            var verified = listing.Backups.FirstOrDefault(backup =>
                backup is { Damage: null, Manifest: { IsVerified: true, Purpose: BackupPurpose.Regular } }
            );
            return new BackupStatus(listing.Backups.Count > 0, verified?.Manifest.CreatedAt, listing.StorageProblem);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BackupStatus(false, null, "The backups could not be listed in time.");
        }
        catch (Exception exception)
            when (exception is BackupFailedException or IOException or UnauthorizedAccessException)
        {
            return new BackupStatus(false, null, $"The backups could not be listed: {exception.Message}");
        }
    }
}
