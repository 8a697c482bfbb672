using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Application.Usage;
using QrAi.Domain.Sessions;
using QrAi.Domain.Usage;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>What a follower receives of a generation: the difference between its position and the content.</summary>
public sealed class FollowerTests : FollowerTest
{
    private const int MaxText = 16 * 1024;

    [Test]
    public void A_follower_from_the_start_receives_everything_as_it_arrives()
    {
        using var follower = Follow();

        follower.HasStartedOrEnded.ShouldBeFalse();
        follower.ReadNow().ShouldBeEmpty();
        Generation.Begin("openrouter", "one");
        follower.HasStartedOrEnded.ShouldBeTrue();
        follower.ReadNow().ShouldBe(["started 1 openrouter"]);
        Generation.Append("Tok");
        follower.ReadNow().ShouldBe(["1.3 Tok"]);
        follower.ReadNow().ShouldBeEmpty();
        Generation.Append("yo.");
        Generation.Finish(Completed);
        follower.IsOver.ShouldBeFalse();
        follower.ReadNow().ShouldBe(["1.6 yo.", "1.6.end Completed"]);
        follower.IsOver.ShouldBeTrue();
        follower.ReadNow().ShouldBeEmpty();
    }

    [Test]
    public void A_late_follower_receives_the_text_so_far_in_one_delta()
    {
        Generation.Begin("openrouter", "one");
        foreach (var token in new[] { "To", "k", "yo", "." })
            Generation.Append(token);
        using var follower = Follow();

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.6 Tokyo."]);
    }

    [Test]
    public void Long_arguments_of_a_tool_are_split_like_texts()
    {
        Generation.Begin("openrouter", "one");
        Generation.Append(new ToolCallPiece(0, "id", "name", new string('a', MaxText + 5)));
        using var follower = Follow();

        follower.ReadNow()[1..].ShouldBe(["call 0 id name " + new string('a', MaxText), "call 0 aaaaa"]);
    }

    [Test]
    public void A_restart_discards_the_earlier_text()
    {
        using var follower = Follow();
        Generation.Begin("openrouter", "one");
        Generation.Append("Osa");
        follower.ReadNow();
        Generation.Begin("google-ai", "two");
        Generation.Append("Tokyo.");
        Generation.Show(2);

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.6 Tokyo."]);
    }

    [Test]
    public void A_follower_after_a_restart_receives_all_starts_and_only_the_text_of_the_last_run()
    {
        Generation.Begin("openrouter", "one");
        Generation.Append("Osa");
        Generation.Begin("google-ai", "two");
        Generation.Append("Tokyo.");
        Generation.Show(2);
        using var follower = Follow();

        follower.ReadNow().ShouldBe(["started 1 openrouter", "restarted 2 google-ai ProviderFailed", "2.6 Tokyo."]);
    }

    [Test]
    public void A_run_that_is_not_recorded_is_not_sent_before_the_end()
    {
        using var follower = Follow();
        Generation.Begin("openrouter", "one");
        Generation.Append("Osa");
        follower.ReadNow();
        Generation.Begin("google-ai", "two");
        Generation.Append("Tokyo.");

        follower.ReadNow().ShouldBeEmpty();
        follower.HasStartedOrEnded.ShouldBeFalse();
        Generation.ToMessage().Content.ShouldBeEmpty();
        Generation.Finish(Completed);
        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.6 Tokyo.", "2.6.end Completed"]);
    }

    [Test]
    public void A_restart_of_a_completion_that_is_not_recorded_is_sent_immediately()
    {
        var completion = new Generation(new GenerationIdentity(Guid.CreateVersion7(), "me", TestClock.Noon));
        using var follower = new Follower(new HeldGeneration(completion));
        completion.Begin("openrouter", "one");
        follower.ReadNow();
        completion.Begin("google-ai", "two");

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed"]);
    }

    [TestCase(MaxText)]
    [TestCase(MaxText - 1)]
    public void A_long_text_is_sent_in_pieces_that_split_no_character(int before)
    {
        var text = new string('x', before) + "😀" + new string('y', MaxText);
        Generation.Begin("openrouter", "one");
        Generation.Append(text);
        using var follower = Follow();
        var written = new WrittenLines();

        follower.Write(written).ShouldBeTrue();
        written.Lines[^1].ShouldBe($"1.{before} {text[..before]}");
        follower.Write(written).ShouldBeTrue();
        written.Text.Length.ShouldBe(before + MaxText);
        follower.Write(written).ShouldBeFalse();
        written.Text.ShouldBe(text);
    }

    [Test]
    public void The_end_comes_after_the_last_piece()
    {
        Generation.Begin("openrouter", "one");
        Generation.Append(new string('x', 2 * MaxText));
        Generation.Finish(Completed);
        using var follower = Follow();
        var written = new WrittenLines();

        follower.Write(written).ShouldBeTrue();
        written.End.ShouldBeNull();
        follower.Write(written).ShouldBeFalse();
        written.Lines[^1].ShouldBe($"1.{2 * MaxText}.end Completed");
    }

    [Test]
    public void Tool_calls_grow_and_are_identified_once()
    {
        using var follower = Follow();
        Generation.Begin("openrouter", "one");
        Generation.Append(new ToolCallPiece(0, "a", "weather", "{\"ci"));
        follower.ReadNow().ShouldBe(["started 1 openrouter", "call 0 a weather {\"ci"]);
        Generation.Append(new ToolCallPiece(1, "b", "time", ""));
        Generation.Append(new ToolCallPiece(0, null, null, "ty\":"));
        Generation.Append(new ToolCallPiece(0, null, null, "1}"));
        follower.ReadNow().ShouldBe(["call 0 ty\":1}", "call 1 b time "]);
        follower.ReadNow().ShouldBeEmpty();
        Generation.Append(new ToolCallPiece(1, null, null, "{}"));
        follower.ReadNow().ShouldBe(["call 1 {}"]);
    }

    [Test]
    public void Tool_calls_of_an_earlier_run_are_discarded_too()
    {
        using var follower = Follow();
        Generation.Begin("openrouter", "one");
        Generation.Append(new ToolCallPiece(0, "a", "weather", "{}"));
        follower.ReadNow();
        Generation.Begin("google-ai", "two");
        Generation.Append(new ToolCallPiece(0, "b", "time", "{}"));
        Generation.Show(2);

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "call 0 b time {}"]);
    }

    [Test]
    public void A_generation_that_failed_before_its_start_is_reported_as_such([Values] bool hasBegun)
    {
        using var follower = Follow();
        if (hasBegun)
            Generation.Begin("openrouter", "one");
        follower.FailedBeforeStart.ShouldBeFalse();
        Generation.Finish(
            Completed with
            {
                Status = MessageStatus.Failed,
                Error = new AnswerError("provider_failed", "No."),
            }
        );

        follower.FailedBeforeStart.ShouldBe(!hasBegun);
        follower.HasStartedOrEnded.ShouldBeTrue();
        follower.ReadNow()[^1].ShouldBe("1.0.end Failed");
    }

    [Test]
    public void A_generation_that_has_ended_cannot_break()
    {
        using var follower = Follow();
        Generation.Finish(Completed);
        Generation.Break(new ShuttingDownException());

        follower.ReadNow().ShouldBe(["1.0.end Completed"]);
        Generation.Read().Fault.ShouldBeNull();
    }

    [Test]
    public void Text_is_sent_in_the_form_that_every_database_can_store()
    {
        Generation.Begin("openrouter", "one");
        var clock = new TestClock();
        var recorder = new UsageRecorder(Mock.Of<IUsageStore>(), clock, NullLogger<UsageRecorder>.Instance);
        var meter = new UsageMeter(new WordCounter(), ModelPrices.None, clock);
        new ProviderStream(Generation, meter, recorder, new UsageSubject("me")).Append(
            new Microsoft.Extensions.AI.ChatResponseUpdate(Microsoft.Extensions.AI.ChatRole.Assistant, "a\0b\ud83d")
        );
        using var follower = Follow();

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.3 ab\ufffd"]);
    }
}
