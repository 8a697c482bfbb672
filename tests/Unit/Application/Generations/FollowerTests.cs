using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>What a follower is told of a generation: the difference between its position and the content.</summary>
public sealed class FollowerTests
{
    private const int MaxText = 16 * 1024;

    private static readonly GenerationEnd _completed = new(
        MessageStatus.Completed,
        TestClock.Noon,
        "stop",
        null,
        [],
        null
    );

    private readonly Generation _generation = Create();

    [Test]
    public void Who_is_there_from_the_start_is_told_everything_as_it_comes()
    {
        using var follower = Follow();

        follower.HasNews.ShouldBeFalse();
        follower.ReadNow().ShouldBeEmpty();
        _generation.Begin("openrouter", "one");
        follower.HasNews.ShouldBeTrue();
        follower.ReadNow().ShouldBe(["started 1 openrouter"]);
        _generation.Append("Tok");
        follower.ReadNow().ShouldBe(["1.3 Tok"]);
        follower.ReadNow().ShouldBeEmpty();
        _generation.Append("yo.");
        _generation.Finish(_completed);
        follower.IsOver.ShouldBeFalse();
        follower.ReadNow().ShouldBe(["1.6 yo.", "1.6.end Completed"]);
        follower.IsOver.ShouldBeTrue();
        follower.ReadNow().ShouldBeEmpty();
    }

    [Test]
    public void Who_comes_late_is_told_all_that_came_in_one_delta()
    {
        _generation.Begin("openrouter", "one");
        foreach (var token in new[] { "To", "k", "yo", "." })
            _generation.Append(token);
        using var follower = Follow();

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.6 Tokyo."]);
    }

    [Test]
    public void Long_arguments_of_a_tool_come_in_pieces_as_texts_do()
    {
        _generation.Begin("openrouter", "one");
        _generation.Append(new ToolCallPiece(0, "id", "name", new string('a', MaxText + 5)));
        using var follower = Follow();

        follower.ReadNow()[1..].ShouldBe(["call 0 id name " + new string('a', MaxText), "call 0 aaaaa"]);
    }

    [Test]
    public void A_restart_makes_what_came_before_void()
    {
        using var follower = Follow();
        _generation.Begin("openrouter", "one");
        _generation.Append("Osa");
        follower.ReadNow();
        _generation.Begin("google-ai", "two");
        _generation.Append("Tokyo.");
        _generation.Show(2);

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.6 Tokyo."]);
    }

    [Test]
    public void Who_comes_after_a_restart_is_told_who_had_begun_and_of_no_text_but_the_last_runs()
    {
        _generation.Begin("openrouter", "one");
        _generation.Append("Osa");
        _generation.Begin("google-ai", "two");
        _generation.Append("Tokyo.");
        _generation.Show(2);
        using var follower = Follow();

        follower.ReadNow().ShouldBe(["started 1 openrouter", "restarted 2 google-ai ProviderFailed", "2.6 Tokyo."]);
    }

    [Test]
    public void Of_a_run_that_is_not_recorded_nobody_is_told_before_the_end()
    {
        using var follower = Follow();
        _generation.Begin("openrouter", "one");
        _generation.Append("Osa");
        follower.ReadNow();
        _generation.Begin("google-ai", "two");
        _generation.Append("Tokyo.");

        follower.ReadNow().ShouldBeEmpty();
        follower.HasNews.ShouldBeFalse();
        _generation.ToMessage().Content.ShouldBeEmpty();
        _generation.Finish(_completed);
        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.6 Tokyo.", "2.6.end Completed"]);
    }

    [Test]
    public async Task Whoever_waits_is_woken_when_a_run_is_recorded()
    {
        using var follower = Follow();
        _generation.Begin("openrouter", "one");
        _generation.Begin("google-ai", "two");
        follower.ReadNow();
        var waiting = follower.WaitAsync(CancellationToken.None);
        waiting.IsCompleted.ShouldBeFalse();

        _generation.Show(2);

        await waiting.Soon();
        follower.ReadNow().ShouldBe(["started 1 openrouter", "restarted 2 google-ai ProviderFailed"]);
    }

    [Test]
    public void Of_a_completion_which_nobody_records_a_restart_is_told_at_once()
    {
        var completion = new Generation(new GenerationIdentity(Guid.CreateVersion7(), "me", TestClock.Noon));
        using var follower = new Follower(new HeldGeneration(completion));
        completion.Begin("openrouter", "one");
        follower.ReadNow();
        completion.Begin("google-ai", "two");

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed"]);
    }

    [Test]
    public void Who_comes_back_is_told_the_rest_from_any_place([Range(0, 6)] int offset, [Values] bool hasEnded)
    {
        const string Text = "Tokyo.";
        _generation.Begin("openrouter", "one");
        _generation.Append(Text);
        if (hasEnded)
            _generation.Finish(_completed);
        var position = new Position(1, offset);
        using var follower = Follow(position);

        _generation.Read().MayHaveTold(position, isHere: true).ShouldBeTrue();
        var expected = new List<string>();
        if (offset < Text.Length)
            expected.Add($"1.6 {Text[offset..]}");
        if (hasEnded)
            expected.Add("1.6.end Completed");
        follower.ReadNow().ShouldBe(expected);
    }

    [Test]
    public void Who_has_the_end_has_everything()
    {
        _generation.Begin("openrouter", "one");
        _generation.Append("Tokyo.");
        _generation.Finish(_completed);
        using var follower = Follow(new Position(1, 6, IsEnd: true));

        follower.IsOver.ShouldBeTrue();
        follower.ReadNow().ShouldBeEmpty();
    }

    [Test]
    public void Who_comes_back_with_an_earlier_run_is_told_of_the_restart()
    {
        _generation.Begin("openrouter", "one");
        _generation.Append("Osaka.");
        _generation.Begin("google-ai", "two");
        _generation.Append("Tok");
        _generation.Show(2);
        using var follower = Follow(new Position(1, 4));

        _generation.Read().MayHaveTold(new Position(1, 4), isHere: true).ShouldBeTrue();
        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.3 Tok"]);
    }

    [TestCase(MaxText)]
    [TestCase(MaxText - 1)]
    public void A_long_text_is_told_in_pieces_that_split_no_character(int before)
    {
        var text = new string('x', before) + "😀" + new string('y', MaxText);
        _generation.Begin("openrouter", "one");
        _generation.Append(text);
        using var follower = Follow();
        var told = new ToldLines();

        follower.Write(told).ShouldBeTrue();
        told.Lines[^1].ShouldBe($"1.{before} {text[..before]}");
        follower.Write(told).ShouldBeTrue();
        told.Text.Length.ShouldBe(before + MaxText);
        follower.Write(told).ShouldBeFalse();
        told.Text.ShouldBe(text);
    }

    [Test]
    public void The_end_comes_after_the_last_piece()
    {
        _generation.Begin("openrouter", "one");
        _generation.Append(new string('x', 2 * MaxText));
        _generation.Finish(_completed);
        using var follower = Follow();
        var told = new ToldLines();

        follower.Write(told).ShouldBeTrue();
        told.End.ShouldBeNull();
        follower.Write(told).ShouldBeFalse();
        told.Lines[^1].ShouldBe($"1.{2 * MaxText}.end Completed");
    }

    [Test]
    public void Tool_calls_grow_and_say_once_which_they_are()
    {
        using var follower = Follow();
        _generation.Begin("openrouter", "one");
        _generation.Append(new ToolCallPiece(0, "a", "weather", "{\"ci"));
        follower.ReadNow().ShouldBe(["started 1 openrouter", "call 0 a weather {\"ci"]);
        _generation.Append(new ToolCallPiece(1, "b", "time", ""));
        _generation.Append(new ToolCallPiece(0, null, null, "ty\":"));
        _generation.Append(new ToolCallPiece(0, null, null, "1}"));
        follower.ReadNow().ShouldBe(["call 0 ty\":1}", "call 1 b time "]);
        follower.ReadNow().ShouldBeEmpty();
        _generation.Append(new ToolCallPiece(1, null, null, "{}"));
        follower.ReadNow().ShouldBe(["call 1 {}"]);
    }

    [Test]
    public void Tool_calls_of_a_run_before_are_void_too()
    {
        using var follower = Follow();
        _generation.Begin("openrouter", "one");
        _generation.Append(new ToolCallPiece(0, "a", "weather", "{}"));
        follower.ReadNow();
        _generation.Begin("google-ai", "two");
        _generation.Append(new ToolCallPiece(0, "b", "time", "{}"));
        _generation.Show(2);

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "call 0 b time {}"]);
    }

    [TestCase("2")]
    [TestCase("2.0")]
    [TestCase("1.9")]
    [TestCase("1.3")] // within the emoji
    [TestCase("1.8.end")] // it has not ended
    [TestCase("1.0.end")]
    public void No_event_leads_to_a_place_that_is_not_there(string id) =>
        Emoji().Read().MayHaveTold(Parse(id), isHere: true).ShouldBeFalse();

    [TestCase("1")]
    [TestCase("1.2")]
    [TestCase("1.4")]
    [TestCase("1.8")]
    public void Events_lead_to_every_place_between_characters(string id) =>
        Emoji().Read().MayHaveTold(Parse(id), isHere: true).ShouldBeTrue();

    [TestCase("1.8.end", true)]
    [TestCase("1.7.end", false)]
    [TestCase("1.9", false)]
    [TestCase("2.8.end", false)]
    public void The_last_event_of_an_answer_that_has_ended_is_the_one_at_its_end(string id, bool isIt)
    {
        var generation = Emoji();
        generation.Finish(_completed);

        generation.Read().MayHaveTold(Parse(id), isHere: true).ShouldBe(isIt);
    }

    [Test]
    public void The_end_of_a_run_before_has_been_told_to_nobody()
    {
        var generation = Create(run: 2);

        generation.Read().MayHaveTold(Parse("1.8.end"), isHere: true).ShouldBeFalse();
        generation.Read().MayHaveTold(Parse("1.8"), isHere: true).ShouldBeTrue();
    }

    [Test]
    public void Of_an_answer_that_is_made_elsewhere_a_follower_may_know_more_than_this_process()
    {
        var generation = Create(run: 1);

        generation.Read().MayHaveTold(Parse("1.8"), isHere: false).ShouldBeTrue();
        generation.Read().MayHaveTold(Parse("1.8.end"), isHere: false).ShouldBeFalse();
        generation.Read().MayHaveTold(Parse("2.8"), isHere: false).ShouldBeFalse();
    }

    [Test]
    public void Who_knows_more_than_this_process_is_told_nothing_twice()
    {
        using var follower = Follow(new Position(1, 4));
        _generation.Begin("openrouter", "one");
        _generation.Append("Tok");
        follower.ReadNow().ShouldBeEmpty();
        _generation.Append("yo.");

        follower.ReadNow().ShouldBe(["1.6 o."]);
    }

    [Test]
    public void One_that_failed_before_anybody_had_begun_it_is_refused([Values] bool hasBegun)
    {
        using var follower = Follow();
        if (hasBegun)
            _generation.Begin("openrouter", "one");
        follower.IsRefused.ShouldBeFalse();
        _generation.Finish(
            _completed with
            {
                Status = MessageStatus.Failed,
                Error = new AnswerError("provider_failed", "No."),
            }
        );

        follower.IsRefused.ShouldBe(!hasBegun);
        follower.HasNews.ShouldBeTrue();
        follower.ReadNow()[^1].ShouldBe("1.0.end Failed");
    }

    [Test]
    public async Task All_that_wait_are_woken_by_one_change()
    {
        var followers = Enumerable.Range(0, 3).Select(_ => Follow()).ToList();
        foreach (var follower in followers)
            follower.ReadNow();
        var waiting = followers.ConvertAll(follower => follower.WaitAsync(CancellationToken.None));
        waiting.ShouldAllBe(wait => !wait.IsCompleted);

        _generation.Begin("openrouter", "one");

        await Task.WhenAll(waiting).Soon();
        followers.ForEach(follower => follower.Dispose());
    }

    [Test]
    public async Task Who_has_not_read_what_there_is_need_not_wait()
    {
        using var follower = Follow();
        follower.ReadNow();
        _generation.Begin("openrouter", "one");

        await follower.WaitAsync(CancellationToken.None).Soon();
    }

    [Test]
    public async Task Who_stops_waiting_stops_nothing()
    {
        using var follower = Follow();
        follower.ReadNow();
        using var leaving = new CancellationTokenSource();
        var waiting = follower.WaitAsync(leaving.Token);
        var waitingForEnd = follower.WaitForEndAsync(leaving.Token);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await Should.ThrowAsync<OperationCanceledException>(waitingForEnd);
        _generation.HasEnded.ShouldBeFalse();
    }

    [Test]
    public async Task A_fault_is_told_to_who_waits_and_to_who_waits_for_the_end()
    {
        using var follower = Follow();
        follower.ReadNow();
        var waiting = follower.WaitAsync(CancellationToken.None);
        var waitingForEnd = follower.WaitForEndAsync(CancellationToken.None);
        _generation.Break(new ShuttingDownException());

        await Should.ThrowAsync<ShuttingDownException>(waiting.Soon());
        await Should.ThrowAsync<ShuttingDownException>(waitingForEnd.Soon());
    }

    [Test]
    public async Task A_fault_that_came_before_the_last_look_is_told_too()
    {
        using var follower = Follow();
        _generation.Append("Tok");
        _generation.Break(new ShuttingDownException());
        follower.ReadNow();

        await Should.ThrowAsync<ShuttingDownException>(follower.WaitAsync(CancellationToken.None).Soon());
    }

    [Test]
    public void What_has_ended_cannot_break_any_more()
    {
        using var follower = Follow();
        _generation.Finish(_completed);
        _generation.Break(new ShuttingDownException());

        follower.ReadNow().ShouldBe(["1.0.end Completed"]);
        _generation.Read().Fault.ShouldBeNull();
    }

    [Test]
    public void Text_is_told_as_every_database_can_keep_it()
    {
        _generation.Begin("openrouter", "one");
        new ProviderStream(_generation).Append(
            new Microsoft.Extensions.AI.ChatResponseUpdate(Microsoft.Extensions.AI.ChatRole.Assistant, "a\0b\ud83d")
        );
        using var follower = Follow();

        follower.ReadNow().ShouldBe(["started 1 openrouter", "1.3 ab\ufffd"]);
    }

    private static Generation Create(int run = 1) =>
        new(
            new GenerationIdentity(
                Guid.CreateVersion7(),
                "me",
                TestClock.Noon,
                Guid.CreateVersion7(),
                Guid.CreateVersion7()
            ),
            run
        );

    private static Generation Emoji()
    {
        var generation = Create();
        generation.Begin("openrouter", "one");
        generation.Append("To😀kyo.");
        return generation;
    }

    private static Position Parse(string id) =>
        Position.TryParse(id, out var position) ? position : throw new FormatException(id);

    private Follower Follow(Position after = default) => new(new HeldGeneration(_generation), after);
}
