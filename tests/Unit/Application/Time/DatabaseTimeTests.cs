using QrAi.Application.Time;

namespace QrAi.Tests.Unit.Application.Time;

public sealed class DatabaseTimeTests
{
    [TestCase(0, 0)]
    [TestCase(9, 0)]
    [TestCase(10, 10)]
    [TestCase(1_234_567, 1_234_560)]
    public void What_is_less_than_a_microsecond_is_cut_off(long ticks, long kept) =>
        new TestClock(TestClock.Noon.AddTicks(ticks)).Now().ShouldBe(TestClock.Noon.AddTicks(kept));
}
