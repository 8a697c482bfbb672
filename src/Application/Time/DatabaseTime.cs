namespace QrAi.Application.Time;

/// <summary>The time as databases keep it.</summary>
public static class DatabaseTime
{
    /// <summary>The time to the microsecond, which is what PostgreSQL keeps: what a caller is told first and later is the same.</summary>
    /// <param name="clock">The clock.</param>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
