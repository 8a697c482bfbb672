using System.Globalization;
using QrAi.Domain.Usage;

namespace QrAi.Tests.Unit.Domain.Usage;

public sealed class PicodollarsTests
{
    [TestCase("0", 0, "0")]
    [TestCase("0.00012500", 125_000_000, "0.000125")]
    [TestCase("0.000000000001", 1, "0.000000000001")]
    [TestCase("0.0000000000005", 0, "0")]
    [TestCase("0.0000000000015", 2, "0.000000000002")]
    [TestCase("3.50", 3_500_000_000_000, "3.5")]
    [TestCase("-1", 0, "0")]
    [TestCase("79228162514264337593543950335", 100_000_000_000_000_000, "100000")]
    public void A_cost_is_rounded_to_the_unit_and_bounded_and_has_no_trailing_zeros(
        string dollars,
        long stored,
        string text
    )
    {
        Picodollars.FromDollars(decimal.Parse(dollars, CultureInfo.InvariantCulture)).ShouldBe(stored);
        Picodollars.ToDollars(stored).ToString(CultureInfo.InvariantCulture).ShouldBe(text);
    }
}
