using QrAi.Application.Answers;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Infrastructure.AnswerEvents;

namespace QrAi.Tests.Unit.Infrastructure.AnswerEvents;

public sealed class InMemoryAnswerEventLogTests
{
    private const string Me = "me";

    private static readonly Guid Id = Guid.CreateVersion7();

    private readonly InMemoryAnswerEventLog _log = new();

    [Test]
    public void An_answer_that_is_not_held_cannot_be_followed()
    {
        _log.Follow(Me, Id, 0).ShouldBeNull();
        _log.Snapshot(Me, Id).ShouldBeNull();
    }

    [Test]
    public async Task Events_are_numbered_from_1_and_end_with_the_last()
    {
        var writer = _log.Open(Me, Id);
        var started = new AnswerEvent.Started(Guid.Empty, Guid.Empty, Id, "openrouter", "model");
        writer.Append(started);
        writer.Append(new AnswerEvent.Delta("Hello"));
        writer.Append(Ended(Id));

        (await FollowAsync(0)).ShouldBe([new(1, started), new(2, new AnswerEvent.Delta("Hello")), new(3, Ended(Id))]);
    }

    [Test]
    public async Task An_answer_can_be_followed_from_any_event_on([Range(0, 5)] int after)
    {
        var writer = _log.Open(Me, Id);
        for (var i = 1; i <= 4; i++)
            writer.Append(new AnswerEvent.Delta($"{i}"));
        var follower = FollowAsync(after);
        writer.Append(Ended(Id));

        (await follower)
            .Select(numbered => numbered.Id)
            .ShouldBe(Enumerable.Range(after + 1, 5 - after).Select(id => (long)id));
    }

    [TestCase(6)]
    [TestCase(long.MaxValue / 2)]
    public async Task A_follower_that_claims_more_events_than_there_are_gets_none(long after)
    {
        var writer = _log.Open(Me, Id);
        var early = FollowAsync(after);
        writer.Append(new AnswerEvent.Delta("Hello"));
        writer.Append(Ended(Id));

        (await early).ShouldBeEmpty();
        (await FollowAsync(after)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_follower_that_waits_is_told_at_once()
    {
        var writer = _log.Open(Me, Id);
        await using var follower = _log.Follow(Me, Id, 0)!.GetAsyncEnumerator();
        var next = follower.MoveNextAsync();
        next.IsCompleted.ShouldBeFalse();
        writer.Append(new AnswerEvent.Delta("Hello"));

        (await next.AsTask().Soon()).ShouldBeTrue();
        follower.Current.ShouldBe(new NumberedAnswerEvent(1, new AnswerEvent.Delta("Hello")));
    }

    [Test]
    public async Task Any_number_of_followers_get_the_same_events_wherever_they_begin()
    {
        const int Count = 500;
        var writer = _log.Open(Me, Id);
        var followers = new List<Task<List<NumberedAnswerEvent>>>();
        for (var i = 0; i < Count; i++)
        {
            if (i % 10 == 0)
                followers.Add(Task.Run(() => FollowAsync(0)));
            writer.Append(new AnswerEvent.Delta($"{i}"));
        }

        writer.Append(Ended(Id));

        foreach (var events in await Task.WhenAll(followers).Soon())
        {
            events.Select(numbered => numbered.Id).ShouldBe(Enumerable.Range(1, Count + 1).Select(id => (long)id));
            events
                .SkipLast(1)
                .Select((numbered, i) => numbered.Event == new AnswerEvent.Delta($"{i}"))
                .ShouldAllBe(same => same);
        }
    }

    [Test]
    public async Task A_slow_follower_holds_nobody_back_and_misses_nothing()
    {
        var writer = _log.Open(Me, Id);
        writer.Append(new AnswerEvent.Delta("1"));
        await using var slow = _log.Follow(Me, Id, 0)!.GetAsyncEnumerator();
        await slow.MoveNextAsync();

        writer.Append(new AnswerEvent.Delta("2"));
        writer.Append(Ended(Id));
        (await FollowAsync(0)).Count.ShouldBe(3);

        (await slow.MoveNextAsync()).ShouldBeTrue();
        slow.Current.Id.ShouldBe(2);
        (await slow.MoveNextAsync()).ShouldBeTrue();
        (await slow.MoveNextAsync()).ShouldBeFalse();
    }

    [Test]
    public async Task A_follower_that_leaves_changes_nothing_for_the_others()
    {
        var writer = _log.Open(Me, Id);
        using var leaving = new CancellationTokenSource();
        await using var gone = _log.Follow(Me, Id, 0)!.GetAsyncEnumerator(leaving.Token);
        var waiting = gone.MoveNextAsync();
        var stays = FollowAsync(0);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.AsTask().Soon());

        writer.Append(new AnswerEvent.Delta("Hello"));
        writer.Append(Ended(Id));
        (await stays.Soon()).Count.ShouldBe(2);
    }

    [Test]
    public async Task Nothing_comes_after_the_last_event()
    {
        var writer = _log.Open(Me, Id);
        writer.Append(Ended(Id));

        Should.Throw<InvalidOperationException>(() => writer.Append(new AnswerEvent.Delta("late")));
        Should.Throw<InvalidOperationException>(() => writer.Append(Ended(Id)));
        (await FollowAsync(0)).ShouldHaveSingleItem();
    }

    [Test]
    public void A_snapshot_has_what_has_come_until_now()
    {
        var writer = _log.Open(Me, Id);
        _log.Snapshot(Me, Id).ShouldBeEmpty();
        writer.Append(new AnswerEvent.Delta("1"));
        var snapshot = _log.Snapshot(Me, Id);
        writer.Append(new AnswerEvent.Delta("2"));

        snapshot.ShouldBe([new AnswerEvent.Delta("1")]);
    }

    [Test]
    public void Of_the_answers_that_have_ended_the_newest_512_are_held()
    {
        var ids = Enumerable.Range(0, 513).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
            End(id, 0);

        _log.Follow(Me, ids[0], 0).ShouldBeNull();
        ids[1..].ShouldAllBe(id => _log.Follow(Me, id, 0) != null);
    }

    [Test]
    public void Of_the_answers_that_have_ended_no_more_than_4_million_characters_are_held()
    {
        var ids = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var id in ids)
            End(id, 1_000_000);

        _log.Follow(Me, ids[0], 0).ShouldBeNull();
        ids[1..].ShouldAllBe(id => _log.Follow(Me, id, 0) != null);
    }

    [Test]
    public void Answers_that_are_being_generated_are_held_however_many_have_ended()
    {
        _log.Open(Me, Id).Append(new AnswerEvent.Delta("Hello"));
        for (var i = 0; i < 600; i++)
            End(Guid.CreateVersion7(), 10_000);

        _log.Snapshot(Me, Id).ShouldHaveSingleItem();
    }

    [Test]
    public async Task Whoever_follows_an_answer_that_is_let_go_gets_it_whole()
    {
        var writer = _log.Open(Me, Id);
        await using var follower = _log.Follow(Me, Id, 0)!.GetAsyncEnumerator();
        writer.Append(new AnswerEvent.Delta(new string('x', 5_000_000)));
        writer.Append(Ended(Id));

        _log.Follow(Me, Id, 0).ShouldBeNull();
        (await follower.MoveNextAsync()).ShouldBeTrue();
        (await follower.MoveNextAsync()).ShouldBeTrue();
        (await follower.MoveNextAsync()).ShouldBeFalse();
    }

    private void End(Guid id, int characters)
    {
        var writer = _log.Open(Me, id);
        writer.Append(new AnswerEvent.Delta(new string('x', characters)));
        writer.Append(Ended(id));
    }

    private async Task<List<NumberedAnswerEvent>> FollowAsync(long after)
    {
        var events = new List<NumberedAnswerEvent>();
        await foreach (var numbered in _log.Follow(Me, Id, after)!)
            events.Add(numbered);
        return events;
    }

    private static AnswerEvent Ended(Guid id) =>
        AnswerEvent.Ended(
            new MessageDto(
                id,
                Guid.Empty,
                null,
                MessageRole.Assistant,
                "",
                MessageStatus.Completed,
                null,
                null,
                null,
                null,
                null,
                TestClock.Noon,
                TestClock.Noon
            )
        );
}
