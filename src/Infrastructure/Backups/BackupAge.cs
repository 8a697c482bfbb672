using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Jobs;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// Measures the age of the last verified backup, where there is one. The storage is read by a job, because collecting metrics
/// must not wait for it.
/// </summary>
internal sealed class BackupAge : PeriodicJob
{
    private readonly VerifiedBackups _backups;
    private readonly Meter _meter = new("QrAi.Backups");
    private volatile BackupStatus? _status;

    public BackupAge(VerifiedBackups backups, TimeProvider clock, ILogger<BackupAge> logger)
        : base(clock, logger)
    {
        _backups = backups;
        _meter.CreateObservableGauge("qrai.backup.age", Measure, "s", "The age of the last verified backup.");
    }

    protected override TimeSpan Period => VerifiedBackups.CacheTime;

    protected override TimeSpan DueTime => TimeSpan.Zero;

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        _status = await _backups.GetStatusAsync(stoppingToken);
        return true;
    }

    private IEnumerable<Measurement<double>> Measure() =>
        _status?.LastVerified is { } last ? [new((Clock.GetUtcNow() - last).TotalSeconds)] : [];
}
