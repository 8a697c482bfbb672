using QrAi.Application.Idempotency;

namespace QrAi.Tests.Unit.Application.Idempotency;

public sealed class IdempotencyRecordTests
{
    private static readonly IdempotencyKey _key = IdempotencyKey.Create("key", "fingerprint");

    [Test]
    public void A_record_expires_after_a_day()
    {
        var record = IdempotencyRecord.OfResult("anonymous", _key, TestClock.Noon, result: null);

        record.IsExpired(TestClock.Noon + TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)).ShouldBeFalse();
        record.IsExpired(TestClock.Noon + TimeSpan.FromHours(24)).ShouldBeTrue();
    }

    [Test]
    public void A_lease_names_its_worker_until_the_response_is_stored()
    {
        var (one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var record = IdempotencyRecord.OfLease("anonymous", _key, TestClock.Noon, one);
        record.WorkerId.ShouldBe(one);
        record.TakeOver(other);
        record.WorkerId.ShouldBe(other);
        record.ReadResult<string>().ShouldBeNull();
        record.Complete("response");

        record.WorkerId.ShouldBeNull();
        record.ReadResult<string>().ShouldBe("response");
    }

    [Test]
    public void Parts_of_a_request_share_its_key_and_fingerprint()
    {
        var (one, other) = (_key.ForPart("one"), _key.ForPart("other"));

        one.ShouldNotBe(other);
        one.ShouldBe(_key.ForPart("one"));
        (one.Hash, one.Fingerprint).ShouldBe((other.Hash, other.Fingerprint));
    }
}
