using System.Globalization;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>The cost of isolation in a test run.</summary>
/// <param name="HandOuts">The wait of each test for its database, including the first query.</param>
/// <param name="Held">The total time for which tests held their databases.</param>
public sealed record DatabasePoolReport(IReadOnlyList<TimeSpan> HandOuts, TimeSpan Held)
{
    /// <summary>The median of the waits.</summary>
    public TimeSpan Median => Percentile(50);

    /// <summary>The 95th percentile of the waits.</summary>
    public TimeSpan Percentile95 => Percentile(95);

    /// <summary>The share of the tests' time spent waiting for databases, from 0 to 1.</summary>
    public double Share
    {
        get
        {
            var waited = HandOuts.Sum(wait => wait.TotalSeconds);
            return waited == 0 ? 0 : waited / (waited + Held.TotalSeconds);
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{HandOuts.Count} databases handed out with the first query, p50 {Median.TotalMilliseconds:0.0} ms, "
                + $"p95 {Percentile95.TotalMilliseconds:0.0} ms, {Share:0.0 %} of the tests' time"
        );

    private TimeSpan Percentile(int percent) =>
        HandOuts.Count == 0
            ? TimeSpan.Zero
            : HandOuts.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(HandOuts.Count * percent / 100.0) - 1));
}
