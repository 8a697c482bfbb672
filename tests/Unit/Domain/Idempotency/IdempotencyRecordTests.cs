using QrAi.Domain.Idempotency;

namespace QrAi.Tests.Unit.Domain.Idempotency;

public sealed class IdempotencyRecordTests
{
    private static readonly RequestIdentity _request = new("anonymous", "key", "", "fingerprint");

    [Test]
    public void It_counts_for_a_day()
    {
        var record = IdempotencyRecord.Create(_request, TestClock.Noon);

        record.Counts(TestClock.Noon + TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)).ShouldBeTrue();
        record.Counts(TestClock.Noon + TimeSpan.FromHours(24)).ShouldBeFalse();
    }

    [Test]
    public void It_is_abandoned_when_its_lease_is_over_and_nothing_has_come()
    {
        var until = TestClock.Noon + TimeSpan.FromMinutes(1);
        var record = IdempotencyRecord.Create(_request, TestClock.Noon, leasedUntil: until);
        record.IsAbandoned(until).ShouldBeFalse();
        record.IsAbandoned(until + TimeSpan.FromTicks(1)).ShouldBeTrue();

        record.Lease(until + TimeSpan.FromMinutes(1));
        record.IsAbandoned(until + TimeSpan.FromSeconds(1)).ShouldBeFalse();
        record.End("{}");

        record.IsAbandoned(until + TimeSpan.FromHours(1)).ShouldBeFalse();
        record.Result.ShouldBe("{}");
    }
}
