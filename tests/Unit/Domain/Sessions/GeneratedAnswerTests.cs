using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Domain.Sessions;

public sealed class GeneratedAnswerTests
{
    [Test]
    public void The_finish_reason_is_stored()
    {
        foreach (var reason in new[] { "stop", "length", new string('x', 32) })
            Reason(reason).ShouldBe(reason);
    }

    [Test]
    public void A_finish_reason_that_cannot_be_stored_is_null()
    {
        foreach (var reason in new[] { null, "", "st\0op", "\ud83d", new string('x', 33) })
            Reason(reason).ShouldBeNull();
    }

    private static string? Reason(string? reason) =>
        (GeneratedAnswer.Empty with { FinishReason = reason }).FinishReason;
}
