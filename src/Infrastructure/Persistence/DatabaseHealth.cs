using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Checks at each probe that the database is reachable and no migration is pending.</summary>
internal sealed class DatabaseHealth(IDatabaseMigrator migrator, DatabaseState state, DatabaseOptions options)
    : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        if (state.WaitingFor is { } reason)
            return HealthCheckResult.Unhealthy(reason);

        try
        {
            // A newer version may have migrated the database; its schema remains compatible with this version.
            var migrations = await migrator.ListAsync(cancellationToken).WaitAsync(options.Timeout, cancellationToken);
            return migrations.DescribePending() is { } pending
                ? HealthCheckResult.Unhealthy(pending)
                : HealthCheckResult.Healthy();
        }
        catch (DatabaseUnavailableException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy("The database did not answer in time.");
        }
    }
}
