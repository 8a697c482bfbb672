using Microsoft.Extensions.Diagnostics.HealthChecks;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Asks the database itself, each time: it is reached, and no migration is pending.</summary>
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
            var pending = await migrator.PendingAsync(cancellationToken).WaitAsync(options.Timeout, cancellationToken);
            return pending.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"Migrations are pending: {string.Join(", ", pending)}.");
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
