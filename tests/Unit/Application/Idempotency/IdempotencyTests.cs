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

/// <summary>Requests that come again with their idempotency keys.</summary>
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
    public async Task A_question_in_a_session_is_not_refused_as_the_one_that_keeps_it_busy()
    {
        var session = _service.Database.Add(A.Session().Answered(1));
        var question = new AskQuestion("Why?", session.Id, null, null);
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key"));

        var first = await one.Send(question);

        ShouldBeSame(await other.Send(question), first);
        _service.Database.Sessions.Single().MessageCount.ShouldBe(4);
    }

    [Test]
    public async Task Of_two_first_questions_at_once_one_is_asked_and_both_are_told_of_it()
    {
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key"));

        var first = await one.Send(new AskQuestion("Why?", null, null, null));

        ShouldBeSame(await other.Send(new AskQuestion("Why?", null, null, null)), first);
        _service.Database.Sessions.ShouldHaveSingleItem();
        _service.Running.Count.ShouldBe(1);
    }

    [Test]
    public async Task Another_question_of_a_busy_session_is_refused_with_a_key_too()
    {
        var asked = await _service.AskAsync();

        await Should.ThrowAsync<SessionBusyException>(() =>
            SendAsync(new AskQuestion("And why?", asked.SessionId, null, null))
        );
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task A_question_that_another_process_answers_is_attached_to()
    {
        using var other = new Service(beside: _service);
        var gate = Reply.Gated();
        other.Models.Enqueue(gate);
        var first = await other.WithKey("key").Send(new AskQuestion("Why?", null, null, null));

        var second = await SendAsync(new AskQuestion("Why?", null, null, null));
        var told = second.Answer.ReadAsync();
        gate.Finish("Because.");
        await _service.EndOfAsync(first.AnswerId());
        await _service.PassUntilAsync(() => told.IsCompleted);

        ShouldBeSame(second, first);
        (await told).Text.ShouldBe("Because.");
        _service.Models.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_repeated_question_needs_no_provider_and_is_told_while_the_service_stops()
    {
        var first = await SendAsync(new AskQuestion("Why?", null, null, null));
        _service.Models.Providers = [];
        _service.Running.StopAccepting();

        ShouldBeSame(await SendAsync(new AskQuestion("Why?", null, null, null)), first);
    }

    [Test]
    public async Task A_question_whose_session_was_deleted_since_is_not_there()
    {
        var first = await SendAsync(new AskQuestion("Why?", null, null, null));
        await _service.Sender.Send(new DeleteSession(first.SessionId));

        await Should.ThrowAsync<NotFoundException>(() => SendAsync(new AskQuestion("Why?", null, null, null)));
    }

    [Test]
    public async Task A_session_is_made_once()
    {
        var first = await SendAsync(new CreateSession("Once"));
        await _service.Sender.Send(new RenameSession(first.Id, "Since"));

        (await SendAsync(new CreateSession("Once"))).ShouldBe(first);
        _service.Database.Sessions.ShouldHaveSingleItem().Title.ShouldBe("Since");
    }

    [Test]
    public async Task Of_two_first_requests_at_once_one_makes_a_session_and_both_are_told_of_it()
    {
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key"));

        var first = await one.Send(new CreateSession("Once"));

        (await other.Send(new CreateSession("Once"))).ShouldBe(first);
        _service.Database.Sessions.ShouldHaveSingleItem();
    }

    [Test]
    public async Task A_session_whose_confirmation_was_lost_is_told()
    {
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost);

        var made = await SendAsync(new CreateSession("Once"));

        _service.Database.Sessions.ShouldHaveSingleItem().Id.ShouldBe(made.Id);
    }

    [Test]
    public async Task A_session_is_renamed_once_and_not_back_again()
    {
        var id = (await _service.Sender.Send(new CreateSession("First"))).Id;
        var other = _service.WithKey("key");
        var second = await SendAsync(new RenameSession(id, "Second"));
        await _service.Sender.Send(new RenameSession(id, "Third"));

        (await SendAsync(new RenameSession(id, "Second"))).ShouldBe(second);
        (await other.Send(new RenameSession(id, "Second"))).ShouldBe(second, "it looked before the first was kept");
        _service.Database.Sessions.Single().Title.ShouldBe("Third");
    }

    [Test]
    public async Task What_was_deleted_is_deleted_again_and_otherwise_not_there()
    {
        var id = (await _service.Sender.Send(new CreateSession("Gone"))).Id;

        await SendAsync(new DeleteSession(id));
        await SendAsync(new DeleteSession(id));

        _service.Database.Sessions.ShouldBeEmpty();
        await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new DeleteSession(id)));
    }

    [Test]
    public async Task An_answer_is_cancelled_twice_as_once_and_its_key_stands_for_nothing_else()
    {
        var asked = await _service.Sender.Send(new AskQuestion("Why?", null, null, null));

        var first = await SendAsync(new CancelAnswer(asked.AnswerId()));

        first.Status.ShouldBe(MessageStatus.Cancelled);
        var again = await SendAsync(new CancelAnswer(asked.AnswerId()));
        again.ShouldBe(first with { Attempts = again.Attempts });
        await ShouldBeReusedAsync();
    }

    [Test]
    public async Task A_key_that_stands_for_another_request_is_refused()
    {
        await SendAsync(new CreateSession("Once"));

        await ShouldBeReusedAsync();
    }

    [Test]
    public async Task A_request_that_failed_leaves_its_key_free()
    {
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.Unavailable);
        await Should.ThrowAsync<DatabaseUnavailableException>(() => SendAsync(new CreateSession("Once")));

        await _service.WithKey("key", "another").Send(new CreateSession("Another"));

        _service.Database.Sessions.ShouldHaveSingleItem().Title.ShouldBe("Another");
    }

    [Test]
    public async Task Each_part_of_a_request_is_done_once()
    {
        foreach (var _ in Enumerable.Range(0, 2))
        foreach (var part in new[] { "a", "b" })
            await _service.WithKey("key", part: part).Send(new CreateSession(part));

        _service.Database.Sessions.Select(session => session.Title).ShouldBe(["a", "b"], ignoreOrder: true);
    }

    [Test]
    public async Task A_key_is_kept_as_a_hash_and_so_is_the_name_of_a_part()
    {
        await _service.WithKey("key", part: "part").Send(new CreateSession("Once"));

        var record = _service.Database.Records.ShouldHaveSingleItem();
        record.Key.ShouldMatch("^[0-9a-f]{64}$");
        record.Part.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Test]
    public async Task After_a_day_a_key_is_new_again()
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
    public async Task Of_many_at_once_one_is_saved_and_the_others_read_its_outcome()
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
    public async Task A_repeated_request_is_not_refused_for_what_the_first_one_changed()
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
    public async Task Of_two_at_once_with_one_key_the_second_that_asks_for_something_else_is_refused()
    {
        var asked = await _service.Sender.Send(new AskQuestion("Why?", null, null, null));
        var (one, other) = (_service.WithKey("key"), _service.WithKey("key", "another"));
        await one.Send(new CancelAnswer(asked.AnswerId()));

        await Should.ThrowAsync<IdempotencyKeyReusedException>(() => other.Send(new CancelAnswer(asked.AnswerId())));
    }

    [Test]
    public async Task What_counts_no_longer_is_forgotten_batch_by_batch_and_what_counts_is_not()
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
