namespace QrAi.Benchmark;

/// <summary>Samples of one metric of one target, by round.</summary>
internal sealed class Samples
{
    private readonly List<double[]> rounds = [];

    public bool IsEmpty => rounds.Count == 0;

    public int Rounds => rounds.Count;

    public double Total => rounds.Sum(round => round.Sum());

    public void Add(params IEnumerable<double> round) => rounds.Add([.. round]);

    /// <summary>The median of each round, from which ratios and differences are computed.</summary>
    public IEnumerable<double> Medians => rounds.Select(round => Percentile(round, 50));

    public double Median => Percentile(Medians, 50);

    /// <summary>Returns a percentile of all samples of all rounds.</summary>
    public double Overall(double percent) => Percentile(rounds.SelectMany(round => round), percent);

    /// <summary>Subtracts the other's median of the same round from each sample.</summary>
    public Samples Less(Samples other)
    {
        var result = new Samples();
        foreach (var (mine, median) in rounds.Zip(other.Medians))
            result.Add(mine.Select(sample => sample - median));
        return result;
    }

    /// <summary>Returns the median of the rounds' ratios, which excludes a disturbance of a whole round.</summary>
    public double Over(Samples other) =>
        Percentile(Medians.Zip(other.Medians, (mine, theirs) => mine / theirs).Where(double.IsFinite), 50);

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
