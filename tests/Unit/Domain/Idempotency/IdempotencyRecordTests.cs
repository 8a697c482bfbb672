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
    public void It_names_who_makes_what_is_asked_for_until_it_is_made()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var record = IdempotencyRecord.Create(_request, TestClock.Noon, workerId: one);
        record.WorkerId.ShouldBe(one);
        record.TakeOver(other);
        record.WorkerId.ShouldBe(other);
        record.Result.ShouldBeNull();
        record.End("{}");

        record.WorkerId.ShouldBeNull();
        record.Result.ShouldBe("{}");
    }
}
