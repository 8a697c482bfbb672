using System.Security.Cryptography;
using System.Text;
using QrAi.Domain.Callers;
using QrAi.Domain.Idempotency;

namespace QrAi.Tests.Unit.Support;

/// <summary>What is kept of requests with the idempotency key <c>key</c> that ask for the same.</summary>
internal static class Keys
{
    /// <summary>What came of one.</summary>
    public static IdempotencyRecord Record(Guid? answerId = null, string? result = null, Guid? workerId = null) =>
        IdempotencyRecord.Create(
            new RequestIdentity(
                Owners.Unauthenticated,
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("key"))),
                "",
                Service.SameRequest
            ),
            TestClock.Noon,
            answerId,
            result,
            workerId
        );
}
