namespace QrAi.Domain.Usage;

/// <summary>
/// Converts costs to the unit in which they are stored, 10⁻¹² US dollars. Sums of whole numbers are exact in every database. A
/// price of a token with up to six decimal places per million tokens is a whole number too.
/// </summary>
public static class Picodollars
{
    /// <summary>The maximum cost of a call in US dollars, which a larger one is reduced to.</summary>
    public const decimal MaxCost = 100_000;

    /// <summary>The units of a dollar.</summary>
    public const decimal PerDollar = 1_000_000_000_000;

    /// <summary>Converts a cost, rounded to the unit.</summary>
    /// <param name="dollars">US dollars.</param>
    public static long FromDollars(decimal dollars) =>
        (long)decimal.Round(Math.Clamp(dollars, 0, MaxCost) * PerDollar, MidpointRounding.ToEven);

    /// <summary>Converts a stored cost to US dollars, without trailing zeros.</summary>
    /// <param name="picodollars">The stored cost.</param>
    public static decimal ToDollars(long picodollars) => picodollars / PerDollar;
}
