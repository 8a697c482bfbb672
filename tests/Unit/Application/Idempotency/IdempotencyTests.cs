using MediatR;
using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using QrAi.Tests.Unit.Support.Persistence;

namespace QrAi.Tests.Unit.Application.Idempotency;

/// <summary>Requests that are repeated with their idempotency keys.</summary>
public sealed class IdempotencyTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_question_is_asked_once_whether_its_answer_has_ended_or_not()
    {
        var gate = Reply.Gated();
        _service.Models.Enqueue(gate);
        var first = await SendAsync(new AskQuestion("Why?", null, null, null));

        var meanwhile = await SendAsync(new AskQuestion("Why?", null, null, null));
        gate.Finish("Because.");
        await _service.FollowAsync(first.AnswerId()).Soon();
        var later = await SendAsync(new AskQuestion("Why?", null, null, null));

        ShouldBeSame(meanwhile, first);
        ShouldBeSame(later, first);
        _service.Models.Requests.Count.ShouldBe(1);
        _service.Database.Sessions.ShouldHaveSingleItem().MessageCount.ShouldBe(2);
    }

    [Test]
    public async Task A_repeated_question_is_not_rejected_because_it_keeps_its_own_session_busy()
    {
        var session = _service.Database.Add(A.Session().Answered(1));
        var question = new AskQuestion("Why?", session.Id, null, null);
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key"));

        var first = await one.Send(question);

        ShouldBeSame(await other.Send(question), first);
        _service.Database.Sessions.Single().MessageCount.ShouldBe(4);
    }

    [Test]
    public async Task Of_two_concurrent_first_questions_one_is_asked_and_both_return_it()
    {
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key"));

        var first = await one.Send(new AskQuestion("Why?", null, null, null));

        ShouldBeSame(await other.Send(new AskQuestion("Why?", null, null, null)), first);
        _service.Database.Sessions.ShouldHaveSingleItem();
        _service.Running.Count.ShouldBe(1);
    }

    [Test]
    public async Task Another_question_of_a_busy_session_is_rejected_with_a_key_too()
    {
        var asked = await _service.AskAsync();

        await Should.ThrowAsync<SessionBusyException>(() =>
            SendAsync(new AskQuestion("And why?", asked.SessionId, null, null))
        );
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task A_repeated_question_follows_the_answer_of_another_process()
    {
        using var other = new Service(sharedWith: _service);
        var gate = Reply.Gated();
        other.Models.Enqueue(gate);
        var first = await other.WithKey("key").Send(new AskQuestion("Why?", null, null, null));

        var second = await SendAsync(new AskQuestion("Why?", null, null, null));
        var written = second.Answer.ReadAsync();
        gate.Finish("Because.");
        await _service.WaitForEndAsync(first.AnswerId());
        await _service.PassUntilAsync(() => written.IsCompleted);

        ShouldBeSame(second, first);
        (await written).Text.ShouldBe("Because.");
        _service.Models.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_repeated_question_needs_no_provider_and_is_returned_while_the_service_stops()
    {
        var first = await SendAsync(new AskQuestion("Why?", null, null, null));
        _service.Models.Providers = [];
        _service.Running.StopAccepting();

        ShouldBeSame(await SendAsync(new AskQuestion("Why?", null, null, null)), first);
    }

    [Test]
    public async Task A_question_whose_session_was_deleted_is_not_found()
    {
        var first = await SendAsync(new AskQuestion("Why?", null, null, null));
        await _service.Sender.Send(new DeleteSession(first.SessionId));

        await Should.ThrowAsync<NotFoundException>(() => SendAsync(new AskQuestion("Why?", null, null, null)));
    }

    [Test]
    public async Task A_session_is_created_once()
    {
        var first = await SendAsync(new CreateSession("Once"));
        await _service.Sender.Send(new RenameSession(first.Id, "Since"));

        (await SendAsync(new CreateSession("Once"))).ShouldBe(first);
        _service.Database.Sessions.ShouldHaveSingleItem().Title.ShouldBe("Since");
    }

    [Test]
    public async Task Of_two_concurrent_first_requests_one_creates_a_session_and_both_return_it()
    {
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key"));

        var first = await one.Send(new CreateSession("Once"));

        (await other.Send(new CreateSession("Once"))).ShouldBe(first);
        _service.Database.Sessions.ShouldHaveSingleItem();
    }

    [Test]
    public async Task A_session_whose_confirmation_was_lost_is_returned()
    {
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost);

        var created = await SendAsync(new CreateSession("Once"));

        _service.Database.Sessions.ShouldHaveSingleItem().Id.ShouldBe(created.Id);
    }

    [Test]
    public async Task A_session_is_renamed_once_and_not_back_again()
    {
        var id = (await _service.Sender.Send(new CreateSession("First"))).Id;
        var other = _service.WithKey("key");
        var second = await SendAsync(new RenameSession(id, "Second"));
        await _service.Sender.Send(new RenameSession(id, "Third"));

        (await SendAsync(new RenameSession(id, "Second"))).ShouldBe(second);
        (await other.Send(new RenameSession(id, "Second"))).ShouldBe(second, "It read before the first one was saved.");
        _service.Database.Sessions.Single().Title.ShouldBe("Third");
    }

    [Test]
    public async Task A_repeated_deletion_succeeds_and_one_without_a_key_is_not_found()
    {
        var id = (await _service.Sender.Send(new CreateSession("Gone"))).Id;

        await SendAsync(new DeleteSession(id));
        await SendAsync(new DeleteSession(id));

        _service.Database.Sessions.ShouldBeEmpty();
        await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new DeleteSession(id)));
    }

    [Test]
    public async Task A_repeated_cancellation_returns_the_same_and_its_key_cannot_be_reused()
    {
        var asked = await _service.Sender.Send(new AskQuestion("Why?", null, null, null));

        var first = await SendAsync(new CancelAnswer(asked.AnswerId()));

        first.Status.ShouldBe(MessageStatus.Cancelled);
        var again = await SendAsync(new CancelAnswer(asked.AnswerId()));
        again.ShouldBe(first with { Attempts = again.Attempts });
        await ShouldBeReusedAsync();
    }

    [Test]
    public async Task A_key_of_another_request_is_rejected()
    {
        await SendAsync(new CreateSession("Once"));

        await ShouldBeReusedAsync();
    }

    [Test]
    public async Task A_failed_request_releases_its_key()
    {
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.Unavailable);
        await Should.ThrowAsync<DatabaseUnavailableException>(() => SendAsync(new CreateSession("Once")));

        await _service.WithKey("key", "another").Send(new CreateSession("Another"));

        _service.Database.Sessions.ShouldHaveSingleItem().Title.ShouldBe("Another");
    }

    [Test]
    public async Task Each_part_of_a_request_is_handled_once()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        foreach (var part in new[] { "a", "b" })
            await _service.WithKey("key", part: part).Send(new CreateSession(part));

        _service.Database.Sessions.Select(session => session.Title).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Test]
    public async Task A_key_is_stored_as_a_hash_and_so_is_the_name_of_a_part()
    {
        await _service.WithKey("key", part: "part").Send(new CreateSession("Once"));

        var record = _service.Database.Records.ShouldHaveSingleItem();
        record.Key.ShouldMatch("^[0-9a-f]{64}$");
        record.Part.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Test]
    public async Task After_a_day_a_key_can_be_used_again()
    {
        await SendAsync(new CreateSession("First"));
        _service.Clock.Advance(IdempotencyRecord.Lifetime - TimeSpan.FromTicks(10));
        await ShouldBeReusedAsync();
        _service.Clock.Advance(TimeSpan.FromTicks(10));

        await _service.WithKey("key", "another").Send(new CreateSession("Second"));

        _service.Database.Sessions.Count.ShouldBe(2);
        _service.Database.Records.ShouldHaveSingleItem().CreatedAt.ShouldBe(_service.Clock.GetUtcNow());
    }

    [Test]
    public async Task Of_many_concurrent_requests_one_is_saved_and_the_others_read_its_outcome()
    {
        var gate = Reply.Gated();
        _service.Models.Enqueue(gate);

        var asked = await Task.WhenAll(
                Enumerable.Range(0, 50).Select(_ => SendAsync(new AskQuestion("Why?", null, null, null)))
            )
            .Soon();

        asked.ShouldAllBe(one => one.AnswerId() == asked[0].AnswerId());
        _service.Running.Count.ShouldBe(1);
        gate.Finish();
    }

    [Test]
    public async Task A_repeated_request_is_not_rejected_because_of_the_changes_of_the_first_one()
    {
        var id = (await _service.Sender.Send(new CreateSession("Gone"))).Id;

        await SendAsync(new DeleteSession(id));
        await SendAsync(new DeleteSession(id));

        await Should.ThrowAsync<NotFoundException>(() => _service.WithKey("other").Send(new DeleteSession(id)));
    }

    [Test]
    public async Task Deleting_a_session_stops_its_answer()
    {
        var asked = await _service.Sender.Send(new AskQuestion("Why?", null, null, null));
        var request = (await _service.Models.WaitForRequestsAsync(1))[0];

        await _service.Sender.Send(new DeleteSession(asked.SessionId));

        await request.Aborted.Soon();
    }

    [Test]
    public async Task Of_two_concurrent_requests_with_one_key_a_different_second_one_is_rejected()
    {
        var asked = await _service.Sender.Send(new AskQuestion("Why?", null, null, null));
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key", "another"));
        await one.Send(new CancelAnswer(asked.AnswerId()));

        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => other.Send(new CancelAnswer(asked.AnswerId())));
    }

    [Test]
    public async Task Expired_records_are_deleted_in_batches_and_others_are_not()
    {
        foreach (var number in Enumerable.Range(0, 1_001))
            _service.Database.Add(RecordOf($"old {number}"));
        _service.Clock.Advance(IdempotencyRecord.Lifetime);
        await SendAsync(new CreateSession("New"));

        (await _service.Sender.Send(new DeleteExpiredIdempotencyKeys())).ShouldBe(1_001);
        (await _service.Sender.Send(new DeleteExpiredIdempotencyKeys())).ShouldBe(0);

        _service.Database.Records.ShouldHaveSingleItem().CreatedAt.ShouldBe(_service.Clock.GetUtcNow());
    }

    private static void ShouldBeSame(AskedQuestion one, AskedQuestion other) =>
        (one.SessionId, one.Question, one.AnswerId()).ShouldBe((other.SessionId, other.Question, other.AnswerId()));

    private static IdempotencyRecord RecordOf(string key) =>
        IdempotencyRecord.OfResult("somebody", IdempotencyKey.Create(key, ""), TestClock.Noon, result: null);

    private Task<IdempotencyKeyReusedException> ShouldBeReusedAsync() =>
        Should.ThrowAsync<IdempotencyKeyReusedException>(() =>
            _service.WithKey("key", "another").Send(new CreateSession("Another"))
        );

    private Task<T> SendAsync<T>(IRequest<T> request) => _service.WithKey("key").Send(request);

    private Task SendAsync(IRequest request) => _service.WithKey("key").Send(request);
}
