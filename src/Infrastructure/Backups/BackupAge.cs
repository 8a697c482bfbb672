using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// Measures how old the last verified backup is, where there is one. It looks at the storage in its own time: whoever
/// collects metrics must not wait for it.
/// </summary>
internal sealed class BackupAge : BackgroundService
{
    private readonly VerifiedBackups _backups;
    private readonly TimeProvider _clock;
    private readonly ILogger<BackupAge> _logger;
    private readonly Meter _meter = new("QrAi.Backups");
    private volatile BackupLook? _seen;

    public BackupAge(VerifiedBackups backups, TimeProvider clock, ILogger<BackupAge> logger)
    {
        (_backups, _clock, _logger) = (backups, clock, logger);
        _meter.CreateObservableGauge("qrai.backup.age", Measure, "s", "How old the last verified backup is.");
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(VerifiedBackups.LookAgainAfter, _clock);
        do
        {
            try
            {
                _seen = await _backups.LookAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A measurement is no reason to end the service.
                _logger.LogWarning(exception, "The age of the backups could not be measured");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private IEnumerable<Measurement<double>> Measure() =>
        _seen?.LastVerified is { } last ? [new((_clock.GetUtcNow() - last).TotalSeconds)] : [];
}
