using QrAi.Application.Generations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Generations;

public sealed class EndedAnswersTests
{
    private readonly EndedAnswers _answers = new();
    private readonly Guid _id = Guid.CreateVersion7();
    private int _reads;

    [Test]
    public async Task All_followers_of_an_answer_share_its_text_which_is_read_once()
    {
        var gate = new TaskCompletionSource();
        var following = Enumerable.Range(0, 20).Select(_ => FollowAsync(gate.Task)).ToList();
        gate.SetResult();
        var followed = await Task.WhenAll(following).Soon();

        _reads.ShouldBe(1);
        followed.Select(one => one.Generation).Distinct().Count().ShouldBe(1);
        var texts = followed.Select(one => one.Generation.ToMessage().Content).ToList();
        texts[0].ShouldBe("Long.");
        texts.ShouldAllBe(text => ReferenceEquals(text, texts[0]));
    }

    [Test]
    public async Task After_the_last_follower_has_left_an_answer_is_read_again()
    {
        var first = await FollowAsync(Task.CompletedTask);
        var second = await FollowAsync(Task.CompletedTask);
        first.Leave();
        (await FollowAsync(Task.CompletedTask)).Leave();
        _reads.ShouldBe(1);
        second.Leave();

        (await FollowAsync(Task.CompletedTask)).Generation.ShouldNotBeSameAs(second.Generation);
        _reads.ShouldBe(2);
    }

    [Test]
    public async Task A_follower_that_leaves_during_the_read_does_not_cancel_it_for_others()
    {
        using var leaving = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var first = FollowAsync(gate.Task, leaving.Token);
        var second = FollowAsync(gate.Task);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => first.Soon());
        gate.SetResult();

        (await second.Soon()).Generation.HasEnded.ShouldBeTrue();
        _reads.ShouldBe(1);
    }

    [Test]
    public async Task A_failed_read_is_retried()
    {
        await Should.ThrowAsync<TimeoutException>(() => FollowAsync(Task.FromException(new TimeoutException())).Soon());

        (await FollowAsync(Task.CompletedTask)).Generation.HasEnded.ShouldBeTrue();
    }

    [Test]
    public async Task Owners_do_not_share_answers()
    {
        var mine = await FollowAsync(Task.CompletedTask);
        var theirs = await _answers.FollowAsync("somebody", _id, () => ReadAsync(Task.CompletedTask), default);

        theirs.Generation.ShouldNotBeSameAs(mine.Generation);
    }

    private Task<IFollowedGeneration> FollowAsync(Task gate, CancellationToken cancellationToken = default) =>
        _answers.FollowAsync("me", _id, () => ReadAsync(gate), cancellationToken).Soon();

    private async Task<Generation> ReadAsync(Task gate)
    {
        Interlocked.Increment(ref _reads);
        await gate;
        var generation = new Generation(
            new GenerationIdentity(_id, "me", TestClock.Noon, Guid.CreateVersion7(), Guid.CreateVersion7())
        );
        generation.Begin("openrouter", "one");
        generation.Append("Long.");
        generation.Finish(new GenerationEnd(MessageStatus.Completed, TestClock.Noon, "stop", null, [], null));
        return generation;
    }
}
