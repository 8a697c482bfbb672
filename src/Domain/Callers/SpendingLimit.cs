using System.Globalization;
using System.Text.RegularExpressions;
using QrAi.Domain.Usage;

namespace QrAi.Domain.Callers;

/// <summary>The most that the calls of providers for a key may use within a period, such as <c>5 USD/month</c>.</summary>
/// <param name="Unit">What is limited.</param>
/// <param name="Amount">The most: tokens, or <see cref="Picodollars"/>.</param>
/// <param name="Period">The period, in UTC.</param>
public sealed partial record SpendingLimit(SpendingUnit Unit, long Amount, SpendingPeriod Period)
{
    /// <summary>How a limit is written.</summary>
    public const string Format =
        "an amount, USD or tokens, and a period, such as '5 USD/month' or '200000 tokens/day'; periods are minute, hour, day and month";

    private const decimal MaxDollars = 1_000_000;
    private const long MaxTokens = 1_000_000_000_000;

    /// <summary>Reads a limit.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The limit; null if the text is none.</returns>
    public static SpendingLimit? TryParse(string text)
    {
        if (
            Pattern().Match(text) is not { Success: true } match
            || !Enum.TryParse<SpendingPeriod>(match.Groups["period"].Value, ignoreCase: true, out var period)
            || !decimal.TryParse(
                match.Groups["amount"].Value,
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
        )
            return null;
        if (match.Groups["unit"].Value.Equals("USD", StringComparison.OrdinalIgnoreCase))
            return amount is > 0 and <= MaxDollars
                ? new SpendingLimit(SpendingUnit.Dollars, (long)(amount * Picodollars.PerDollar), period)
                : null;
        return amount is >= 1 and <= MaxTokens && amount == decimal.Truncate(amount)
            ? new SpendingLimit(SpendingUnit.Tokens, (long)amount, period)
            : null;
    }

    /// <summary>Returns the begin of the period that a time is in.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset StartAt(DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        return new DateTimeOffset(
            Period switch
            {
                SpendingPeriod.Minute => utc.Date.AddMinutes(Math.Floor(utc.TimeOfDay.TotalMinutes)),
                SpendingPeriod.Hour => utc.Date.AddHours(utc.Hour),
                SpendingPeriod.Day => utc.Date,
                _ => new DateTime(utc.Year, utc.Month, 1, 0, 0, 0, DateTimeKind.Utc),
            },
            TimeSpan.Zero
        );
    }

    /// <summary>Returns the end of the period that a time is in.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset EndAt(DateTimeOffset now)
    {
        var start = StartAt(now);
        return Period switch
        {
            SpendingPeriod.Minute => start.AddMinutes(1),
            SpendingPeriod.Hour => start.AddHours(1),
            SpendingPeriod.Day => start.AddDays(1),
            _ => start.AddMonths(1),
        };
    }

    /// <summary>Returns the limit as it is written.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(Unit == SpendingUnit.Tokens ? Amount : Picodollars.ToDollars(Amount)):0.############} {(Unit == SpendingUnit.Tokens ? "tokens" : "USD")}/{Period.ToString().ToLowerInvariant()}"
        );

    [GeneratedRegex(
        @"^\s*(?<amount>[0-9]+(\.[0-9]+)?)\s*(?<unit>USD|tokens)\s*/\s*(?<period>[a-z]+)\s*$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Pattern();
}

/// <summary>What a <see cref="SpendingLimit"/> limits.</summary>
public enum SpendingUnit
{
    /// <summary>Tokens, sent and received.</summary>
    Tokens,

    /// <summary>US dollars.</summary>
    Dollars,
}

/// <summary>The period of a <see cref="SpendingLimit"/>, which begins in UTC.</summary>
public enum SpendingPeriod
{
    /// <summary>A minute.</summary>
    Minute,

    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day.</summary>
    Day,

    /// <summary>A calendar month.</summary>
    Month,
}
