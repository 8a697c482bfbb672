using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

/// <summary>The ends of streams, and responses that are not streams.</summary>
public sealed class GenerationStreamEndTests : GenerationStreamTest
{
    [Test]
    public async Task The_head_of_an_answer_that_failed_before_it_started_is_that_of_the_problem()
    {
        Answer.Finish(Failed);

        await Should.ThrowAsync<AnswerFailedException>(() => ExecuteHeadAsync().Soon());
    }

    [Test]
    public async Task An_answer_that_failed_before_it_started_is_a_problem_and_not_a_stream()
    {
        Answer.Finish(Failed);

        var problem = await Should.ThrowAsync<AnswerFailedException>(() => ExecuteAsync().Soon());

        problem.Answer.Error.ShouldBe(Failed.Error);
        Context.Response.ContentType.ShouldBeNull();
        Held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task After_a_comment_an_answer_that_failed_before_it_started_is_an_event()
    {
        var stream = ExecuteAsync();
        await ShouldCommentAsync();
        Answer.Finish(Failed);

        await stream.Soon();
        (await ReadAsync()).ShouldStartWith("id: 1.0.end\nevent: failed\n");
    }

    [Test]
    public async Task An_exception_before_the_first_event_is_a_problem_and_not_a_stream()
    {
        var following = Task.FromException<Follower>(new NotFoundException("answer", Guid.Empty));

        await Should.ThrowAsync<NotFoundException>(() => new AnswerStream(following).ExecuteAsync(Context).Soon());
        Context.Response.ContentType.ShouldBeNull();
    }

    [Test]
    public async Task An_answer_that_failed_after_it_started_ends_the_stream()
    {
        Answer.Begin("openrouter", "model");
        Answer.Finish(Failed);
        await ExecuteAsync().Soon();

        (await ReadAsync()).ShouldContain("event: failed\n");
    }

    [Test]
    public async Task A_caller_that_has_the_last_event_gets_no_content()
    {
        Answer.Begin("openrouter", "model");
        Answer.Finish(Completed);
        await ExecuteAsync(new Position(1, 0, IsEnd: true)).Soon();

        Context.Response.StatusCode.ShouldBe(204);
        Context.Response.ContentType.ShouldBeNull();
        Held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task A_caller_that_leaves_ends_the_stream()
    {
        using var leaving = new CancellationTokenSource();
        Context.RequestAborted = leaving.Token;
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => stream.Soon());
        Held.HasLeft.ShouldBeTrue();
    }

    [Test]
    public async Task A_caller_that_leaves_before_the_answer_is_found_does_not_follow_it()
    {
        using var leaving = new CancellationTokenSource();
        Context.RequestAborted = leaving.Token;
        var finding = new TaskCompletionSource<Follower>();
        var stream = new AnswerStream(finding.Task).ExecuteAsync(Context);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => stream.Soon());

        finding.SetResult(new Follower(Held));

        await Eventually.Holds(() => Held.HasLeft);
    }

    [Test]
    public async Task When_another_process_takes_over_the_stream_ends_so_that_the_caller_reconnects()
    {
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        Answer.Break(new ShuttingDownException());

        await stream.Soon();
    }

    [Test]
    public async Task An_exception_after_the_first_event_breaks_the_stream()
    {
        var stream = ExecuteAsync();
        Answer.Begin("openrouter", "model");
        await ReadAsync();
        Answer.Break(new DatabaseUnavailableException("Away."));

        await Should.ThrowAsync<DatabaseUnavailableException>(() => stream.Soon());
    }
}
