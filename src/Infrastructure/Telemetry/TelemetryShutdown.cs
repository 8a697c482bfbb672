using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace QrAi.Infrastructure.Telemetry;

/// <summary>Sends pending telemetry when the service stops, with a short limit for an unavailable collector.</summary>
internal sealed class TelemetryShutdown(TracerProvider traces, MeterProvider metrics) : IHostedService
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Concurrently and on other threads, as both calls block.
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Task.Run(() => traces.Shutdown((int)MaxWait.TotalMilliseconds), CancellationToken.None),
            Task.Run(() => metrics.Shutdown((int)MaxWait.TotalMilliseconds), CancellationToken.None)
        );
}
