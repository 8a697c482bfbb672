using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Domain.Sessions;

public sealed class GeneratedAnswerTests
{
    [Test]
    public void Why_the_model_stopped_is_kept()
    {
        foreach (var reason in new[] { "stop", "length", new string('x', 32) })
            Said(reason).ShouldBe(reason);
    }

    [Test]
    public void A_reason_that_cannot_be_kept_counts_as_not_said()
    {
        foreach (var reason in new[] { null, "", "st\0op", "\ud83d", new string('x', 33) })
            Said(reason).ShouldBeNull();
    }

    private static string? Said(string? reason) => (GeneratedAnswer.Empty with { FinishReason = reason }).FinishReason;
}
