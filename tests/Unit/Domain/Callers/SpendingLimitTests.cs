using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Domain.Callers;

public sealed class SpendingLimitTests
{
    [TestCase("5 USD/month", SpendingUnit.Dollars, 5_000_000_000_000L, SpendingPeriod.Month, "5 USD/month")]
    [TestCase(" 0.25usd / Hour ", SpendingUnit.Dollars, 250_000_000_000L, SpendingPeriod.Hour, "0.25 USD/hour")]
    [TestCase("200000 tokens/day", SpendingUnit.Tokens, 200_000L, SpendingPeriod.Day, "200000 tokens/day")]
    [TestCase("1 tokens/minute", SpendingUnit.Tokens, 1L, SpendingPeriod.Minute, "1 tokens/minute")]
    public void A_limit_is_read_and_written(
        string text,
        SpendingUnit unit,
        long amount,
        SpendingPeriod period,
        string written
    )
    {
        var limit = SpendingLimit.TryParse(text).ShouldNotBeNull();

        limit.ShouldBe(new SpendingLimit(unit, amount, period));
        limit.ToString().ShouldBe(written);
        SpendingLimit.TryParse(written).ShouldBe(limit);
    }

    [TestCase("")]
    [TestCase("5")]
    [TestCase("5 USD")]
    [TestCase("5 USD/week")]
    [TestCase("5 EUR/month")]
    [TestCase("-5 USD/month")]
    [TestCase("0 USD/month")]
    [TestCase("0 tokens/day")]
    [TestCase("1.5 tokens/day")]
    [TestCase("1e3 tokens/day")]
    [TestCase("2000000 USD/month")]
    [TestCase("99999999999999999999999999999999 tokens/day")]
    [TestCase("5 USD/3")]
    public void What_is_no_limit_is_refused(string text) => SpendingLimit.TryParse(text).ShouldBeNull();

    [TestCase("minute", "2026-12-31T23:59:00Z", "2027-01-01T00:00:00Z")]
    [TestCase("hour", "2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z")]
    [TestCase("day", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z")]
    [TestCase("month", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void A_period_begins_and_ends_in_UTC(string period, string start, string end)
    {
        var limit = SpendingLimit.TryParse($"1 tokens/{period}")!;
        var now = DateTimeOffset.Parse(
            "2027-01-01T08:59:59.9+09:00",
            System.Globalization.CultureInfo.InvariantCulture
        );

        limit.StartAt(now).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null).ShouldBe(start);
        limit.EndAt(now).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null).ShouldBe(end);
    }
}
