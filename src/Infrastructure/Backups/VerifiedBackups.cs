using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>What a look at the storage of backups showed.</summary>
/// <param name="HasBackups">Whether there are any.</param>
/// <param name="LastVerified">When the last one that was verified was made.</param>
/// <param name="Problem">Why there may be more than was seen.</param>
internal sealed record BackupLook(bool HasBackups, DateTimeOffset? LastVerified, string? Problem);

/// <summary>The backups as they were seen last. Looking costs a request to the storage, so one look does for a while.</summary>
internal sealed class VerifiedBackups(IBackupArchive archive, TimeProvider clock) : IDisposable
{
    /// <summary>How old a look may be.</summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (DateTimeOffset At, BackupLook Seen)? _last;

    public async Task<BackupLook> LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && clock.GetUtcNow() - last.At < LookAgainAfter)
                return last.Seen;
            var seen = await LookAnewAsync(cancellationToken);
            // A storage that is down has not lost what was seen in it before.
            if (seen.Problem is not null && _last?.Seen.LastVerified is { } before && !(seen.LastVerified >= before))
                seen = seen with { LastVerified = before, HasBackups = true };
            _last = (clock.GetUtcNow(), seen);
            return seen;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<BackupLook> LookAnewAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestLook);
        try
        {
            var listing = await archive.ListAsync(limit.Token).WaitAsync(limit.Token);
            var verified = listing.Backups.FirstOrDefault(backup =>
                backup is { Damage: null, Manifest: { IsVerified: true, Purpose: BackupPurpose.Regular } }
            );
            return new BackupLook(listing.Backups.Count > 0, verified?.Manifest.CreatedAt, listing.StorageProblem);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new BackupLook(false, null, "The backups could not be listed in time.");
        }
        catch (Exception exception)
            when (exception is BackupFailedException or IOException or UnauthorizedAccessException)
        {
            return new BackupLook(false, null, $"The backups could not be listed: {exception.Message}");
        }
    }
}
