using QrAi.Application.Generations;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Generations;

public sealed class EndedAnswersTests
{
    private readonly EndedAnswers _answers = new();
    private readonly Guid _id = Guid.CreateVersion7();
    private int _reads;

    [Test]
    public async Task All_who_follow_an_answer_share_its_text_which_is_read_once()
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
    public async Task When_the_last_has_left_it_is_read_again()
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
    public async Task Who_leaves_while_it_is_read_stops_nobody_else()
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
    public async Task What_could_not_be_read_is_tried_again()
    {
        await Should.ThrowAsync<TimeoutException>(() => FollowAsync(Task.FromException(new TimeoutException())).Soon());

        (await FollowAsync(Task.CompletedTask)).Generation.HasEnded.ShouldBeTrue();
    }

    [Test]
    public async Task Others_do_not_share_what_is_not_theirs()
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
