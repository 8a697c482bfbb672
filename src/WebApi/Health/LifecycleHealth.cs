using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QrAi.WebApi.Health;

/// <summary>Reports unhealthy as soon as the shutdown begins, so that no new work is sent to the service.</summary>
internal sealed class LifecycleHealth(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public const string Name = "lifecycle";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            lifetime.ApplicationStopping.IsCancellationRequested
                ? HealthCheckResult.Unhealthy("The service is shutting down.")
                : HealthCheckResult.Healthy()
        );
}
