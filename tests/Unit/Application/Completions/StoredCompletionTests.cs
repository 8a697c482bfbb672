using QrAi.Application.Completions;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Completions;

/// <summary>A completion as it is stored for repeated requests.</summary>
public sealed class StoredCompletionTests
{
    [Test]
    public void Only_the_last_run_of_an_interrupted_completion_is_stored()
    {
        var generation = new Generation(new GenerationIdentity(Guid.CreateVersion7(), "me", TestClock.Noon));
        generation.Begin("openrouter", "one");
        generation.Append("Half");
        generation.Append(new ToolCallPiece(0, "void", "void", "{}"));
        generation.Begin("google-ai", "two");
        generation.Append("Wh");
        generation.Append(new ToolCallPiece(1, "b", "time", "{}"));
        generation.Append(new ToolCallPiece(0, "a", "weather", "{\"ci"));
        generation.Append("ole");
        generation.Append(new ToolCallPiece(0, null, null, "ty\":1}"));

        var stored = StoredCompletion
            .Of(generation, new GenerationEnd(MessageStatus.Completed, TestClock.Noon, "tool_calls", null, [], null))
            .ToGeneration("me");

        stored.Identity.ShouldBe(generation.Identity);
        using var follower = new Follower(new HeldGeneration(stored));
        follower
            .ReadNow()
            .ShouldBe(
                [
                    "started 1 google-ai",
                    "1.5 Whole",
                    "call 1 b time {}",
                    "call 0 a weather {\"city\":1}",
                    "1.5.end Completed",
                ],
                ignoreOrder: true
            );
    }

    [Test]
    public void A_completion_without_text_has_no_delta()
    {
        using var follower = new Follower(new HeldGeneration(WithoutText.ToGeneration("me")));

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.0.end Completed"]);
    }

    private static StoredCompletion WithoutText { get; } =
        new(Guid.CreateVersion7(), TestClock.Noon, "openrouter", "test/model", "", [], "stop", null);
}
