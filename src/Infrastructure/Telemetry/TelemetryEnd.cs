using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace QrAi.Infrastructure.Telemetry;

/// <summary>Sends what there is when the service stops, and waits only shortly for a collector that is down or hangs.</summary>
internal sealed class TelemetryEnd(TracerProvider traces, MeterProvider metrics) : IHostedService
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Both at once, apart from the thread that stops the rest: they block.
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(
            Task.Run(() => traces.Shutdown((int)LongestEnd.TotalMilliseconds), CancellationToken.None),
            Task.Run(() => metrics.Shutdown((int)LongestEnd.TotalMilliseconds), CancellationToken.None)
        );
}
