using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// How old the last verified backup is. A backup is expected where the database is PostgreSQL and any setting of backups is
/// set, or there is a backup already. Looking costs a request to the storage, so one look does for a while.
/// </summary>
internal sealed class BackupHealth(
    IBackupArchive archive,
    BackupOptions options,
    DatabaseOptions database,
    TimeProvider clock
) : IHealthCheck, IDisposable
{
    /// <summary>A daily backup, and two hours to make it.</summary>
    private static readonly TimeSpan OldestGood = TimeSpan.FromHours(26);

    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (DateTimeOffset At, Look Seen)? _last;

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (database.Address is not PostgresAddress)
            return HealthCheckResult.Healthy("Backups are made by hand.");
        var seen = await LookAsync(cancellationToken);
        if (!options.IsConfigured && !seen.HasBackups)
            return HealthCheckResult.Healthy("No backups are configured.");
        if (seen.LastVerified is not { } last)
            return HealthCheckResult.Degraded(seen.Problem ?? "No backup has been verified yet.");

        var age = clock.GetUtcNow() - last;
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"The last verified backup is {(int)age.TotalHours} h {age.Minutes} min old."
        );
        return age > OldestGood
            ? HealthCheckResult.Degraded(seen.Problem is null ? detail : $"{detail} {seen.Problem}")
            : HealthCheckResult.Healthy(detail);
    }

    public void Dispose() => _turn.Dispose();

    private async Task<Look> LookAsync(CancellationToken cancellationToken)
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

    private async Task<Look> LookAnewAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestLook);
        try
        {
            var listing = await archive.ListAsync(limit.Token).WaitAsync(limit.Token);
            var verified = listing.Backups.FirstOrDefault(backup =>
                backup is { Damage: null, Manifest: { IsVerified: true, Purpose: BackupPurpose.Regular } }
            );
            return new Look(listing.Backups.Count > 0, verified?.Manifest.CreatedAt, listing.StorageProblem);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Look(false, null, "The backups could not be listed in time.");
        }
        catch (Exception exception)
            when (exception is BackupFailedException or IOException or UnauthorizedAccessException)
        {
            return new Look(false, null, $"The backups could not be listed: {exception.Message}");
        }
    }

    private sealed record Look(bool HasBackups, DateTimeOffset? LastVerified, string? Problem);
}
