using QrAi.Application.Errors;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Application.Completions;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Running generations when the service stops.</summary>
public sealed class GenerationDrainTests : IDisposable
{
    private readonly Service _service = new();
    private readonly GatedReply _model = Reply.Gated();
    private readonly CancellationTokenSource _finish = new();
    private readonly CancellationTokenSource _giveUp = new();

    [TearDown]
    public void Dispose()
    {
        _service.Dispose();
        _finish.Dispose();
        _giveUp.Dispose();
    }

    [Test]
    public async Task Running_generations_may_finish_and_no_new_ones_are_accepted()
    {
        var asked = await _service.BeginAsync(_model, "Tok");
        var draining = DrainAsync();

        draining.IsCompleted.ShouldBeFalse();
        _service.Drain.Count.ShouldBe(1);
        await Should.ThrowAsync<ShuttingDownException>(() => _service.AskAsync());
        _model.Finish("yo.");
        await draining.Soon();
        _service.Drain.Count.ShouldBe(0);
        _service.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task Draining_without_generations_completes_immediately() => await DrainAsync().Soon();

    [Test]
    public async Task Without_another_process_answers_fail_and_keep_their_text_so_far()
    {
        var asked = await _service.BeginAsync(_model, "Tok");
        await _finish.CancelAsync();
        await DrainAsync().Soon();

        var answer = _service.Database.Answer(asked.AnswerId());
        (answer.Status, answer.Content).ShouldBe((MessageStatus.Failed, "Tok"));
        answer.Error.ShouldBe(new AnswerError("shutting_down", "The service stopped before the answer was complete."));
    }

    [Test]
    public async Task Another_process_takes_over_the_answers_immediately()
    {
        using var other = new Service(sharedWith: _service);
        await other.Worker.TakeOverAsync(CancellationToken.None);
        var asked = await _service.BeginAsync(_model, "Osa");
        var follower = _service.FollowAsync(asked.AnswerId());
        _service.Pass(TimeSpan.FromMilliseconds(100)); // the text so far is recorded
        other.Models.Enqueue(Reply.Answer("Tokyo."));
        await _finish.CancelAsync();
        await DrainAsync().Soon();

        await Should.ThrowAsync<ShuttingDownException>(() => follower.Soon());
        _service.Database.Answer(asked.AnswerId()).Status.ShouldBe(MessageStatus.Generating);
        _service.Pass(TimeSpan.FromSeconds(1));
        await _service.WaitForEndAsync(asked.AnswerId());
        (await other.FollowAsync(asked.AnswerId(), new(1, 3)).Soon()).Lines.ShouldBe([
            "restarted 2 openrouter Interrupted",
            "2.6 Tokyo.",
            "2.6.end Completed",
        ]);
    }

    [Test]
    public async Task No_answers_are_handed_over_to_a_crashed_process()
    {
        using var other = new Service(sharedWith: _service);
        await other.Worker.RegisterAsync(CancellationToken.None);
        other.Crash();
        _service.Pass(Service.Lease);
        var asked = await _service.BeginAsync(_model, "Tok");
        await _finish.CancelAsync();
        await DrainAsync().Soon();

        _service.Database.Answer(asked.AnswerId()).Error!.Code.ShouldBe("shutting_down");
    }

    [Test]
    public async Task A_completion_is_stopped_as_no_other_process_can_continue_it()
    {
        using var other = new Service(sharedWith: _service);
        await other.Worker.RegisterAsync(CancellationToken.None);
        _service.Models.Enqueue(_model);
        var completing = _service.WithKey("key").CompleteAsync();
        await _model.Request.Soon();
        await _finish.CancelAsync();
        await DrainAsync().Soon();

        (await completing.Soon()).End!.Error!.Code.ShouldBe("shutting_down");
    }

    [Test]
    public async Task Without_the_database_answers_are_stopped_and_given_up_if_it_stays_unavailable()
    {
        await _service.BeginAsync(_model, "Tok");
        _service.Database.IsDown = true;
        await _finish.CancelAsync();
        var draining = DrainAsync();
        draining.IsCompleted.ShouldBeFalse();
        await _giveUp.CancelAsync();

        await draining.Soon();
        _service.Drain.Count.ShouldBe(1);
        _service.Log.Lines.ShouldContain(line =>
            line.Message.StartsWith(
                "Running answers could not be handed over to another process: ",
                StringComparison.Ordinal
            )
        );
    }

    [Test]
    public async Task After_the_drain_began_nothing_is_taken_over()
    {
        await _service.Worker.TakeOverAsync(CancellationToken.None);
        await DrainAsync().Soon();
        var orphaned = _service.Database.Add(A.Session().Asked());
        _service.Pass(TimeSpan.FromSeconds(5));

        _service.Database.Answer(orphaned.Messages.Last().Id).Takeovers.ShouldBe(0);
    }

    private Task DrainAsync() => _service.Drain.DrainAsync(_finish.Token, _giveUp.Token);
}
