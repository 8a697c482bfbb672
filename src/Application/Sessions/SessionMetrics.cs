using System.Diagnostics.Metrics;

namespace QrAi.Application.Sessions;

/// <summary>The metrics of sessions. They never have a title or a text.</summary>
internal static class SessionMetrics
{
    private static readonly Meter _meter = new("QrAi.Sessions");

    private static readonly Counter<long> _deleted = _meter.CreateCounter<long>(
        "qrai.sessions.deleted",
        "{session}",
        "Sessions that were deleted because they had no activity."
    );

    /// <summary>Records sessions that were deleted because they had no activity.</summary>
    /// <param name="count">The number of sessions.</param>
    public static void RecordDeleted(int count) => _deleted.Add(count);
}
