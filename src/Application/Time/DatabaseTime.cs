namespace QrAi.Application.Time;

/// <summary>The current time in the precision of the database.</summary>
public static class DatabaseTime
{
    /// <summary>Returns the time in microseconds, the precision of PostgreSQL, so that it is equal before and after saving.</summary>
    /// <param name="clock">The clock.</param>
    public static DateTimeOffset Now(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
