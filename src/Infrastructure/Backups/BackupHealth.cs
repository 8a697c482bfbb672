using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// How old the last verified backup is. A backup is expected where the database is PostgreSQL and any setting of backups is
/// set, or there is a backup already.
/// </summary>
internal sealed class BackupHealth(
    VerifiedBackups backups,
    BackupOptions options,
    DatabaseOptions database,
    TimeProvider clock
) : IHealthCheck
{
    /// <summary>A daily backup, and two hours to make it.</summary>
    private static readonly TimeSpan OldestGood = TimeSpan.FromHours(26);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (database.Address is not PostgresAddress)
            return HealthCheckResult.Healthy("Backups are made by hand.");
        var seen = await backups.LookAsync(cancellationToken);
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
}
