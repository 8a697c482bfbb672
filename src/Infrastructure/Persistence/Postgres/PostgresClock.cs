namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Estimates the database's time, which all processes share, without a query.</summary>
/// <param name="clock">This process's clock.</param>
internal sealed class PostgresClock(TimeProvider clock)
{
    private sealed record Reading(DateTimeOffset Time, long At);

    private volatile Reading? _last;

    /// <summary>The estimated time of the database; this process's time before the first reading.</summary>
    public DateTimeOffset Now => _last is { } last ? last.Time + clock.GetElapsedTime(last.At) : clock.GetUtcNow();

    /// <summary>Records a reading of the database's clock.</summary>
    /// <param name="time">The database's time.</param>
    public void Set(DateTimeOffset time) => _last = new Reading(time, clock.GetTimestamp());
}
