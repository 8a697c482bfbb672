using QrAi.Application.Idempotency;
using QrAi.Domain.Callers;

namespace QrAi.Tests.Unit.Support;

/// <summary>Records of requests with the idempotency key <c>key</c> and the same fingerprint.</summary>
internal static class Keys
{
    private static readonly IdempotencyKey _key = IdempotencyKey.Create("key", Service.SameRequest);

    public static IdempotencyRecord Question(Guid answerId) =>
        IdempotencyRecord.OfQuestion(Owners.Unauthenticated, _key, TestClock.Noon, answerId);

    public static IdempotencyRecord Lease(Guid workerId) =>
        IdempotencyRecord.OfLease(Owners.Unauthenticated, _key, TestClock.Noon, workerId);

    public static IdempotencyRecord Result(object result) =>
        IdempotencyRecord.OfResult(Owners.Unauthenticated, _key, TestClock.Noon, result);
}
