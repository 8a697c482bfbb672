namespace QrAi.Benchmark;

/// <summary>Samples of one metric of one target, by round.</summary>
internal sealed class Samples
{
    private readonly List<double[]> rounds = [];

    public bool IsEmpty => rounds.Count == 0;

    public int Rounds => rounds.Count;

    public double Total => rounds.Sum(round => round.Sum());

    public void Add(params IEnumerable<double> round) => rounds.Add([.. round]);

    /// <summary>The median of each round: what ratios and differences are made of.</summary>
    public IEnumerable<double> Medians => rounds.Select(round => Percentile(round, 50));

    public double Median => Percentile(Medians, 50);

    /// <summary>Over every sample of every round.</summary>
    public double Overall(double percent) => Percentile(rounds.SelectMany(round => round), percent);

    /// <summary>Each round's samples less the same round's median of another.</summary>
    public Samples Less(Samples other)
    {
        var result = new Samples();
        foreach (var (mine, median) in rounds.Zip(other.Medians))
            result.Add(mine.Select(sample => sample - median));
        return result;
    }

    /// <summary>The median of the rounds' ratios: what disturbs a whole round falls out.</summary>
    public double Over(Samples other) =>
        Percentile(Medians.Zip(other.Medians, (mine, its) => mine / its).Where(double.IsFinite), 50);

    private static double Percentile(IEnumerable<double> samples, double percent)
    {
        var sorted = samples.Order().ToArray();
        if (sorted.Length == 0)
            return double.NaN;
        var position = (sorted.Length - 1) * percent / 100;
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
    }
}
