using Microsoft.Extensions.Logging;
using QrAi.Application.Generations;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Completions;

/// <summary>A completion with an idempotency key is generated once, independently of its requests.</summary>
public sealed class RepeatedCompletionTests : IDisposable
{
    private const int MaxCharacters = 1_000_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxSaveWait = TimeSpan.FromSeconds(3);

    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_request_during_the_generation_follows_it_from_its_beginning()
    {
        var gate = Gate();
        var first = CompleteAsync();
        gate.Send("One ");
        await gate.Request.Soon();

        var second = CompleteAsync();
        gate.Finish("answer.");

        (await first.Soon()).Text.ShouldBe("One answer.");
        (await second.Soon()).Text.ShouldBe("One answer.");
        _service.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_later_request_gets_the_stored_completion()
    {
        _service.Models.Enqueue(Reply.Answer("One ", "answer.") with { FinishReason = "length" });
        using var first = await SendAsync();
        var written = await first.ReadAsync().Soon();
        _service.Clock.Advance(TimeSpan.FromHours(23));

        using var later = await SendAsync();
        var again = await later.ReadAsync().Soon();

        later.Generation.Identity.ShouldBe(first.Generation.Identity);
        again.Lines.ShouldBe(["started 1 openrouter", "1.11 One answer.", "1.11.end Completed"]);
        again.Start.ShouldBe(written.Start);
        (again.End!.FinishReason, again.End.Usage).ShouldBe((written.End!.FinishReason, written.End.Usage));
        _service.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_completion_is_stored_before_its_end_is_sent()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        await gate.Request.Soon();
        _service.Database.Records.Single().Result.ShouldBeNull();
        gate.Finish("Kept.");

        await completing.Soon();

        var record = _service.Database.Records.Single();
        record.Result.ShouldNotBeNull().ShouldContain("Kept.");
        record.WorkerId.ShouldBeNull();
    }

    [Test]
    public async Task A_client_that_disconnects_does_not_cancel_the_generation()
    {
        using var listening = new CancellationTokenSource();
        var gate = Gate();
        var leaving = _service.WithKey("key").CompleteAsync(cancellationToken: listening.Token);
        await gate.Request.Soon();
        await listening.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(leaving.Soon());

        gate.Finish("Still here.");

        (await CompleteAsync().Soon()).Text.ShouldBe("Still here.");
        _service.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_failed_completion_is_reported_and_releases_its_key()
    {
        _service.Models.Enqueue(Reply.Status(500), Reply.Answer("At last."));

        (await CompleteAsync().Soon()).End!.Error!.Code.ShouldBe("provider_failed");
        _service.Database.Records.ShouldBeEmpty();

        (await CompleteAsync().Soon()).Text.ShouldBe("At last.");
    }

    [TestCase(MaxCharacters, true)]
    [TestCase(MaxCharacters + 1, false)]
    public async Task A_completion_that_is_too_long_to_store_is_returned_and_releases_its_key(int length, bool isStored)
    {
        _service.Models.Default = Reply.Answer(new string('あ', length - 10), new string('い', 10));

        (await CompleteAsync().Soon()).Text.Length.ShouldBe(length);
        (await CompleteAsync().Soon()).Text.Length.ShouldBe(length);

        _service.Models.Requests.Count.ShouldBe(isStored ? 1 : 2);
    }

    [Test]
    public async Task A_request_waits_for_the_completion_that_another_process_generates()
    {
        using var other = new Service(sharedWith: _service);
        var gate = Reply.Gated();
        other.Models.Enqueue(gate);
        var generated = other.WithKey("key").CompleteAsync();
        await gate.Request.Soon();
        var waiting = CompleteAsync();
        _service.Pass(Pause);
        waiting.IsCompleted.ShouldBeFalse();

        gate.Finish("Elsewhere.");
        await generated.Soon();
        _service.Pass(Pause);

        (await waiting.Soon()).Text.ShouldBe("Elsewhere.");
        _service.Models.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_completion_of_a_crashed_process_is_generated_here()
    {
        using var other = new Service(sharedWith: _service);
        var lost = other.WithKey("key").CompleteAsync();
        await other.Models.WaitForRequestsAsync(1);
        var gate = Gate();
        var waiting = CompleteAsync();
        other.Crash();
        _service.Pass(Service.Lease - TimeSpan.FromSeconds(1));
        _service.Models.Requests.ShouldBeEmpty("The other process counts as alive.");

        _service.Pass(TimeSpan.FromSeconds(2));
        await gate.Request.Soon();
        _service.Database.Records.ShouldHaveSingleItem().WorkerId.ShouldBe(_service.Worker.Id);
        gate.Finish("Here.");

        (await waiting.Soon()).Text.ShouldBe("Here.");
        _service.Database.Records.ShouldHaveSingleItem().Result.ShouldNotBeNull();
        lost.IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task A_process_that_returns_after_its_lease_expired_does_not_store_its_completion()
    {
        using var other = new Service(sharedWith: _service);
        var late = Reply.Gated();
        other.Models.Enqueue(late);
        var written = other.WithKey("key").CompleteAsync();
        await late.Request.Soon();
        other.Crash();
        var gate = Gate();
        var waiting = CompleteAsync();
        _service.Pass(Service.Lease + TimeSpan.FromSeconds(1));
        await gate.Request.Soon();

        late.Finish("Late.");

        (await written.Soon()).Text.ShouldBe("Late.");
        _service.Database.Records.ShouldHaveSingleItem().WorkerId.ShouldBe(_service.Worker.Id);
        gate.Finish("Here.");
        await waiting.Soon();
        _service.Database.Records.ShouldHaveSingleItem().Result.ShouldNotBeNull().ShouldContain("Here.");
    }

    [Test]
    public async Task A_completion_that_this_process_began_and_did_not_store_is_generated_again()
    {
        await _service.Worker.RegisterAsync(CancellationToken.None);
        _service.Database.Add(Keys.Lease(_service.Worker.Id));
        _service.Models.Enqueue(Reply.Answer("Again."));

        (await CompleteAsync().Soon()).Text.ShouldBe("Again.");
    }

    [Test]
    public async Task A_process_registers_its_lease_and_its_heartbeat()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        await gate.Request.Soon();

        _service.Database.Records.Single().WorkerId.ShouldBe(_service.Worker.Id);
        _service.Database.Workers.ShouldBe([_service.Worker.Id]);
        gate.Finish();
        await completing.Soon();
    }

    [Test]
    public async Task While_the_database_is_unavailable_a_completion_ends_after_a_short_wait_and_is_stored_later()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        await gate.Request.Soon();
        _service.Database.IsDown = true;
        gate.Finish("Kept later.");

        await _service.Clock.NextWaitAsync(wait => wait == Pause).Soon();
        await _service.Clock.NextWaitAsync(wait => wait == MaxSaveWait).Soon();
        _service.Clock.Advance(Pause);
        await _service.Clock.PassAsync(Pause * 2).Soon();
        await _service.Clock.NextWaitAsync(wait => wait == Pause * 3).Soon();
        completing.IsCompleted.ShouldBeFalse();
        _service.Clock.Advance(Pause * 3);
        (await completing.Soon()).Text.ShouldBe("Kept later.");

        _service.Database.IsDown = false;
        _service.Pass(Pause * 4);
        await WaitForAllAsync().Soon();
        _service.Database.Records.Single().Result.ShouldNotBeNull().ShouldContain("Kept later.");
        _service
            .Log.Lines.Count(entry =>
                entry.Level == LogLevel.Warning
                && entry.Message.StartsWith("A completion cannot be stored yet: ", StringComparison.Ordinal)
            )
            .ShouldBe(4);
    }

    [Test]
    public async Task A_completion_that_cannot_be_stored_is_given_up_and_its_key_is_released_with_the_process()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        await gate.Request.Soon();
        _service.Database.IsDown = true;
        gate.Finish("Lost.");
        await _service.PassUntilAsync(() => _service.Running.Count == 0);

        (await completing.Soon()).Text.ShouldBe("Lost.");
        _service.Database.IsDown = false;
        var record = _service.Database.Records.Single();
        record.Result.ShouldBeNull();
        record.WorkerId.ShouldBe(_service.Worker.Id);
    }

    [Test]
    public async Task A_completion_is_returned_even_if_its_record_was_deleted_or_taken_over()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        await gate.Request.Soon();
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost); // looks like a conflict
        gate.Finish("Told.");

        (await completing.Soon()).Text.ShouldBe("Told.");
    }

    [Test]
    public async Task Draining_waits_until_all_completions_are_generated_and_stored()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        await gate.Request.Soon();
        var draining = _service.Drain.DrainAsync(CancellationToken.None, CancellationToken.None);
        draining.IsCompleted.ShouldBeFalse();

        gate.Finish("Whole.");

        await draining.Soon();
        _service.Database.Records.Single().Result.ShouldNotBeNull();
        (await completing.Soon()).Text.ShouldBe("Whole.");
    }

    [Test]
    public async Task After_the_timeout_running_completions_are_stopped_and_release_their_keys()
    {
        var gate = Gate();
        var completing = CompleteAsync();
        var request = await gate.Request.Soon();
        using var finish = new CancellationTokenSource();
        var draining = _service.Drain.DrainAsync(finish.Token, CancellationToken.None);

        await finish.CancelAsync();

        await draining.Soon();
        await request.Aborted.Soon();
        (await completing.Soon()).End!.Error!.Code.ShouldBe("shutting_down");
        _service.Database.Records.ShouldBeEmpty();
    }

    private GatedReply Gate()
    {
        var gate = Reply.Gated();
        _service.Models.Enqueue(gate);
        return gate;
    }

    private Task<Follower> SendAsync() => _service.WithKey("key").Send(Chats.Of());

    private Task<WrittenLines> CompleteAsync() => _service.WithKey("key").CompleteAsync();

    /// <summary>Completes when nothing is generated any more.</summary>
    private Task WaitForAllAsync() => _service.Running.WaitAsync(CancellationToken.None);
}
