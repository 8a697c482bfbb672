namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>The database's time, which all processes share, as far as it is known without asking.</summary>
/// <param name="clock">This process's time.</param>
internal sealed class PostgresClock(TimeProvider clock)
{
    private sealed record Reading(DateTimeOffset Time, long At);

    private volatile Reading? _last;

    /// <summary>The database's time.</summary>
    public DateTimeOffset Now => _last is { } last ? last.Time + clock.GetElapsedTime(last.At) : clock.GetUtcNow();

    /// <summary>Notes what the database says.</summary>
    /// <param name="time">Its time.</param>
    public void Set(DateTimeOffset time) => _last = new Reading(time, clock.GetTimestamp());
}
