using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace QrAi.WebApi.Health;

/// <summary>Unhealthy as soon as the service is told to stop, so that no new work is sent to it.</summary>
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
