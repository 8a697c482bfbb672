using System.Text.Json;
using Microsoft.Extensions.Logging;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Completions;

/// <summary>A completion with an idempotency key is made once, apart from who asks for it.</summary>
public sealed class RepeatedCompletionTests : IDisposable
{
    private const int MostCharacters = 1_000_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Who_asks_while_it_is_made_is_attached_to_it_from_its_beginning()
    {
        var gate = Gate();
        var first = await AskAsync();
        gate.Send("One ");
        await gate.Request.Soon();

        var second = await AskAsync();
        gate.Finish("answer.");

        var told = await first.Soon();
        (await second.Soon()).ShouldBe(told);
        told.Text().ShouldBe("One answer.");
        _service.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task Who_asks_later_is_told_what_was_kept()
    {
        _service.Models.Enqueue(Reply.Answer("One ", "answer.") with { FinishReason = "length" });
        var first = await CompleteAsync().Soon();
        _service.Clock.Advance(TimeSpan.FromHours(23));

        var later = await CompleteAsync().Soon();

        later.Beginning().ShouldBe(first.Beginning());
        later.OfType<CompletionPart.Text>().ShouldHaveSingleItem().Value.ShouldBe("One answer.");
        later.End().ShouldBe(first.End());
        _service.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task Who_sends_the_same_again_need_not_wait_once_it_is_begun()
    {
        var gate = Gate();
        var begun = 0;
        var completing = (await _service.WithKeyAsync("key", kept: () => begun++)).CompleteAsync();
        await gate.Request.Soon();

        begun.ShouldBe(1);
        gate.Finish();
        await completing.Soon();
    }

    [Test]
    public async Task It_is_kept_before_anybody_is_told_that_it_is_whole()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();
        _service.Database.Records.Single().Result.ShouldBeNull();
        gate.Finish("Kept.");

        await completing.Soon();

        var record = _service.Database.Records.Single();
        record.Result.ShouldNotBeNull().ShouldContain("Kept.");
        record.LeasedUntil.ShouldBeNull();
    }

    [Test]
    public async Task Who_leaves_stops_nothing()
    {
        using var listening = new CancellationTokenSource();
        var gate = Gate();
        var leaving = (await _service.WithKeyAsync("key")).CompleteAsync(cancellationToken: listening.Token);
        await gate.Request.Soon();
        await listening.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaving.Soon());

        gate.Finish("Still here.");

        (await CompleteAsync().Soon()).Text().ShouldBe("Still here.");
        _service.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task One_that_failed_is_told_as_failed_and_leaves_its_key_free()
    {
        _service.Models.Enqueue(Reply.Status(500), Reply.Answer("At last."));

        (await Should.ThrowAsync<GenerationFailedException>(CompleteAsync().Soon())).Code.ShouldBe("provider_failed");
        _service.Database.Records.ShouldBeEmpty();

        (await CompleteAsync().Soon()).Text().ShouldBe("At last.");
    }

    [TestCase(MostCharacters, true)]
    [TestCase(MostCharacters + 1, false)]
    public async Task One_that_is_too_long_to_keep_is_told_and_leaves_its_key_free(int length, bool isKept)
    {
        _service.Models.Default = Reply.Answer(new string('あ', length - 10), new string('い', 10));

        (await CompleteAsync().Soon()).Text().Length.ShouldBe(length);
        (await CompleteAsync().Soon()).Text().Length.ShouldBe(length);

        _service.Models.Requests.Count.ShouldBe(isKept ? 1 : 2);
    }

    [Test]
    public async Task Who_finds_that_another_process_makes_it_waits_for_what_comes_of_it()
    {
        var record = Keys.Record(leasedUntil: _service.Clock.GetUtcNow() + TimeSpan.FromSeconds(30));
        _service.Database.Add(record);
        var waiting = await AskAsync();
        await _service.Clock.PassAsync(Pause).Soon();
        await _service.Clock.NextWaitAsync(wait => wait == Pause).Soon();

        record.End(JsonSerializer.Serialize(Elsewhere, JsonSerializerOptions.Web));
        _service.Clock.Advance(Pause);

        (await waiting.Soon()).ShouldBe(Elsewhere.ToParts());
        _service.Models.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task One_whose_process_is_lost_is_made_here_when_its_time_is_over()
    {
        var gate = Gate();
        _service.Database.Add(Keys.Record(leasedUntil: _service.Clock.GetUtcNow() + Pause));
        var waiting = await AskAsync();
        await _service.Clock.PassAsync(Pause).Soon();
        await _service.Clock.NextWaitAsync(wait => wait == Pause).Soon();
        _service.Models.Requests.ShouldBeEmpty("the other one's time is not over yet");

        _service.Clock.Advance(Pause);
        await gate.Request.Soon();
        _service.Database.Records.Single().LeasedUntil.ShouldBe(_service.Clock.GetUtcNow() + TimeSpan.FromMinutes(4));
        gate.Finish("Here.");

        (await waiting.Soon()).Text().ShouldBe("Here.");
        _service.Database.Records.ShouldHaveSingleItem().Result.ShouldNotBeNull();
    }

    [Test]
    public async Task A_process_says_for_how_long_it_makes_it()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();

        // The whole answer's time, and the time for which it is tried to keep it.
        var leased = _service.Database.Records.Single().LeasedUntil;
        leased.ShouldBe(_service.Clock.GetUtcNow() + TimeSpan.FromMinutes(4));
        gate.Finish();
        await completing.Soon();
    }

    [Test]
    public async Task While_the_database_is_away_it_is_told_after_a_moment_and_kept_later()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();
        _service.Database.IsDown = true;
        gate.Finish("Kept later.");

        await _service.Clock.NextWaitAsync(wait => wait == Pause).Soon();
        await _service.Clock.NextWaitAsync(wait => wait == LongestSilence).Soon();
        _service.Clock.Advance(Pause);
        await _service.Clock.PassAsync(Pause * 2).Soon();
        await _service.Clock.NextWaitAsync(wait => wait == Pause * 3).Soon();
        completing.IsCompleted.ShouldBeFalse();
        _service.Clock.Advance(Pause * 3);
        (await completing.Soon()).Text().ShouldBe("Kept later.");

        _service.Database.IsDown = false;
        await _service.Clock.PassAsync(Pause * 4).Soon();
        await DrainAsync().Soon();
        _service.Database.Records.Single().Result.ShouldNotBeNull().ShouldContain("Kept later.");
        _service
            .Log.Lines.Count(entry =>
                entry.Level == LogLevel.Warning
                && entry.Message.StartsWith(
                    "A completion waits for the database to be kept: ",
                    StringComparison.Ordinal
                )
            )
            .ShouldBe(4);
    }

    [Test]
    public async Task One_that_cannot_be_kept_at_all_is_given_up_and_its_lease_runs_out()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();
        _service.Database.IsDown = true;
        gate.Finish("Lost.");

        for (var time = 1; time <= 4; time++)
            await _service.Clock.PassAsync(Pause * time).Soon();
        await DrainAsync().Soon();

        (await completing.Soon()).Text().ShouldBe("Lost.");
        _service.Database.IsDown = false;
        var record = _service.Database.Records.Single();
        record.Result.ShouldBeNull();
        record.LeasedUntil.ShouldNotBeNull();
    }

    [Test]
    public async Task One_whose_record_is_gone_or_was_taken_over_is_told_all_the_same()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost); // as a conflict looks
        gate.Finish("Told.");

        (await completing.Soon()).Text().ShouldBe("Told.");
    }

    [Test]
    public async Task Draining_waits_until_all_are_made_and_kept()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();
        var draining = DrainAsync();
        draining.IsCompleted.ShouldBeFalse();

        gate.Finish("Whole.");

        await draining.Soon();
        _service.Database.Records.Single().Result.ShouldNotBeNull();
        (await completing.Soon()).Text().ShouldBe("Whole.");
    }

    [Test]
    public async Task When_the_time_is_up_those_that_still_run_are_stopped_and_leave_their_keys_free()
    {
        var gate = Gate();
        var completing = await AskAsync();
        var request = await gate.Request.Soon();
        using var finish = new CancellationTokenSource();
        var draining = _service.Completions.DrainAsync(finish.Token, CancellationToken.None);

        await finish.CancelAsync();

        await draining.Soon();
        await request.Aborted.Soon();
        await Should.ThrowAsync<ShuttingDownException>(completing.Soon());
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task Draining_ends_when_it_has_to_whatever_still_runs()
    {
        var gate = Gate();
        var completing = await AskAsync();
        await gate.Request.Soon();
        using var giveUp = new CancellationTokenSource();
        var draining = _service.Completions.DrainAsync(CancellationToken.None, giveUp.Token);

        await giveUp.CancelAsync();

        await draining.Soon();
        completing.IsCompleted.ShouldBeFalse();
        gate.Finish();
        await completing.Soon();
    }

    [Test]
    public async Task A_fault_in_making_it_is_told_to_who_follows()
    {
        var run = _service.Completions.Start("me", "key", _ => throw new InvalidOperationException("A fault."));

        var following = Should.ThrowAsync<InvalidOperationException>(async () =>
            await run.FollowAsync(CancellationToken.None).ToListAsync()
        );

        (await following.Soon()).Message.ShouldBe("A fault.");
        await DrainAsync().Soon();
    }

    [Test]
    public void Of_a_completion_that_broke_off_only_what_came_after_it_is_kept()
    {
        var started = new CompletionPart.Started("google-ai", "two")
        {
            CompletionId = Elsewhere.Id,
            BegunAt = TestClock.Noon,
        };

        var kept = KeptCompletion.Of([
            started with
            {
                Provider = "openrouter",
                Model = "one",
            },
            new CompletionPart.Text("Half"),
            new CompletionPart.ToolCall(0, "void", "void", "{}"),
            started,
            new CompletionPart.Text("Wh"),
            new CompletionPart.ToolCall(1, "b", "time", "{}"),
            new CompletionPart.ToolCall(0, "a", "weather", "{\"ci"),
            new CompletionPart.Text("ole"),
            new CompletionPart.ToolCall(0, null, null, "ty\":1}"),
            new CompletionPart.Finished("tool_calls", null),
        ]);

        kept.ToParts()
            .ShouldBe([
                started,
                new CompletionPart.Text("Whole"),
                new CompletionPart.ToolCall(0, "a", "weather", "{\"city\":1}"),
                new CompletionPart.ToolCall(1, "b", "time", "{}"),
                new CompletionPart.Finished("tool_calls", null),
            ]);
    }

    [Test]
    public void Of_one_without_a_text_none_is_told() =>
        (Elsewhere with { Text = "" }).ToParts().ShouldNotContain(part => part is CompletionPart.Text);

    private static KeptCompletion Elsewhere { get; } =
        new(
            Guid.Parse("019aba3e-7f5b-74ba-987d-15a84d645740"),
            TestClock.Noon,
            "openrouter",
            ScriptedModels.Model,
            "Elsewhere.",
            [],
            "stop",
            null
        );

    private GatedReply Gate()
    {
        var gate = Reply.Gated();
        _service.Models.Enqueue(gate);
        return gate;
    }

    /// <summary>Asks with the key, and goes on with the test.</summary>
    private async Task<Task<List<CompletionPart>>> AskAsync() => (await _service.WithKeyAsync("key")).CompleteAsync();

    private async Task<List<CompletionPart>> CompleteAsync() => await await AskAsync();

    private Task DrainAsync() => _service.Completions.DrainAsync(CancellationToken.None, CancellationToken.None);
}
