using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class RateLimitOptionsTests
{
    [Test]
    public void There_is_a_limit_by_default()
    {
        var limit = Read().RateLimit;

        (limit.PerMinute, limit.Burst, limit.IsOn).ShouldBe((60, 20, true));
    }

    [Test]
    public void A_limit_may_be_set()
    {
        var limit = Read(("RATE_LIMIT_PER_MINUTE", "6"), ("RATE_LIMIT_BURST", "1")).RateLimit;

        (limit.PerMinute, limit.Burst, limit.IsOn).ShouldBe((6, 1, true));
    }

    [TestCase("RATE_LIMIT_PER_MINUTE")]
    [TestCase("RATE_LIMIT_BURST")]
    public void Zero_turns_the_limit_off(string name) => Read((name, "0")).RateLimit.IsOn.ShouldBeFalse();

    [TestCase("RATE_LIMIT_PER_MINUTE")]
    [TestCase("RATE_LIMIT_BURST")]
    public void A_limit_has_its_bounds(string name)
    {
        Read((name, "100000"));
        foreach (var bad in new[] { "-1", "100001", "0.5", "many" })
            Problems((name, bad)).ShouldBe([$"{name}: must be a whole number from 0 to 100000, not '{bad}'"]);
    }
}
