using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// Checks the age of the last verified backup. A backup is expected if the database is PostgreSQL, and backups are
/// configured or exist.
/// </summary>
internal sealed class BackupHealth(
    VerifiedBackups backups,
    BackupOptions options,
    DatabaseOptions database,
    TimeProvider clock
) : IHealthCheck
{
    /// <summary>The interval of daily backups, and two hours to create one.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(26);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (database.Address is not PostgresAddress)
            return HealthCheckResult.Healthy("Backups are made by hand.");
        var status = await backups.GetStatusAsync(cancellationToken);
        if (!options.IsConfigured && !status.HasBackups)
            return HealthCheckResult.Healthy("No backups are configured.");
        if (status.LastVerified is not { } last)
            return HealthCheckResult.Degraded(status.Problem ?? "No backup has been verified yet.");

        var age = clock.GetUtcNow() - last;
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"The last verified backup is {(int)age.TotalHours} h {age.Minutes} min old."
        );
        return age > MaxAge
            ? HealthCheckResult.Degraded(status.Problem is null ? detail : $"{detail} {status.Problem}")
            : HealthCheckResult.Healthy(detail);
    }
}
