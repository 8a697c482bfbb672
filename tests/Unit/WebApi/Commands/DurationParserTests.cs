using QrAi.WebApi.Commands;

namespace QrAi.Tests.Unit.WebApi.Commands;

public sealed class DurationParserTests
{
    [TestCase("90d", 90 * 24 * 60)]
    [TestCase("24h", 24 * 60)]
    [TestCase("30m", 30)]
    [TestCase("0m", 0)]
    [TestCase("0", 0)]
    public void A_duration_is_a_number_with_a_unit(string text, int minutes) =>
        DurationParser.TryParse(text).ShouldBe(TimeSpan.FromMinutes(minutes));

    [TestCase("")]
    [TestCase("d")]
    [TestCase("90")]
    [TestCase("90 d")]
    [TestCase("90D")]
    [TestCase("-1d")]
    [TestCase("1.5h")]
    [TestCase("1h30m")]
    [TestCase("90d\n")]
    [TestCase("100000d")]
    [TestCase("٣d")]
    public void Any_other_text_is_not_a_duration(string text) => DurationParser.TryParse(text).ShouldBeNull();
}
