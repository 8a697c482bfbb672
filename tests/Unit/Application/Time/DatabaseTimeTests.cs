using QrAi.Application.Time;

namespace QrAi.Tests.Unit.Application.Time;

public sealed class DatabaseTimeTests
{
    [TestCase(0, 0)]
    [TestCase(9, 0)]
    [TestCase(10, 10)]
    [TestCase(1_234_567, 1_234_560)]
    public void A_time_is_truncated_to_microseconds(long ticks, long truncated) =>
        new TestClock(TestClock.Noon.AddTicks(ticks)).Now().ShouldBe(TestClock.Noon.AddTicks(truncated));
}
