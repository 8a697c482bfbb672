using System.Globalization;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>What isolation has cost a test run.</summary>
/// <param name="HandOuts">How long each test waited for its database, the first answered query included.</param>
/// <param name="Held">How long all tests together held their databases.</param>
public sealed record DatabasePoolReport(IReadOnlyList<TimeSpan> HandOuts, TimeSpan Held)
{
    /// <summary>Half of the tests waited no longer.</summary>
    public TimeSpan Median => Percentile(50);

    /// <summary>Of a hundred tests 95 waited no longer.</summary>
    public TimeSpan Percentile95 => Percentile(95);

    /// <summary>The part of the tests' time that went into waiting for databases, from 0 to 1.</summary>
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
