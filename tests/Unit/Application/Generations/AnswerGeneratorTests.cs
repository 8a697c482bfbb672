using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Questions;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Persistence;
using TokenUsage = QrAi.Domain.Sessions.TokenUsage;

namespace QrAi.Tests.Unit.Application.Answers;

/// <summary>From the open answer to its end: what followers are told, and what is kept.</summary>
public sealed class GenerationTests : IDisposable
{
    private readonly Service _service = new();
    private readonly GatedReply _model;

    public GenerationTests() => _model = _service.Models.Gate();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Followers_are_told_a_whole_answer_and_it_is_kept_with_all_there_is_to_know()
    {
        _service.Models.Providers = ["google-ai", "openrouter"];
        var second = Reply.Gated() with { Usage = new(7, 2) };
        _service.Models.Enqueue(second);
        var asked = await AskAsync();
        var follower = _service.FollowAsync(asked.AnswerId);
        _service.Clock.Advance(TimeSpan.FromSeconds(1));
        _model.Send(Part.Error(503));
        await second.Request.Soon();
        _service.Clock.Advance(TimeSpan.FromSeconds(2));
        second.Finish("Tok", "yo.");
        var events = await follower.Soon();

        var answer = _service.Database.Answer(asked.AnswerId);
        answer.Content.ShouldBe("Tokyo.");
        answer.Status.ShouldBe(MessageStatus.Completed);
        answer.Provider.ShouldBe("openrouter");
        answer.Model.ShouldBe(ScriptedModels.Model);
        answer.Usage.ShouldBe(new TokenUsage(7, 2, 9));
        answer.Attempts.ShouldBe([
            new Attempt("google-ai", "http_503", 1_000),
            new Attempt("openrouter", "completed", 2_000),
        ]);
        answer.CompletedAt.ShouldBe(TestClock.Noon.AddSeconds(3));
        events
            .Select(numbered => numbered.Event)
            .SkipLast(1)
            .ShouldBe([
                new AnswerEvent.Started(
                    asked.SessionId,
                    asked.Question.Id,
                    asked.AnswerId,
                    "openrouter",
                    ScriptedModels.Model
                ),
                new AnswerEvent.Delta("Tok"),
                new AnswerEvent.Delta("yo."),
            ]);
        var completed = events[^1].Event.ShouldBeOfType<AnswerEvent.Completed>().Answer;
        completed.Content.ShouldBe("Tokyo.");
        completed.Attempts.ShouldBe(answer.Attempts);
        _service.Database.Sessions[0].OpenAnswerId.ShouldBeNull();
    }

    [Test]
    public async Task A_restart_makes_text_and_usage_before_it_void()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.Stream(Part.Token("Tokyo."), Part.Finish));
        var asked = await AskAsync();
        _model.Send(Part.Token("Osa"), Part.Usage(9, 9), Part.Break);

        var events = await _service.FollowAsync(asked.AnswerId).Soon();

        events
            .Select(numbered => numbered.Event.GetType().Name)
            .ShouldBe(["Started", "Delta", "Restarted", "Delta", "Completed"]);
        events[2].Event.ShouldBe(new AnswerEvent.Restarted("google-ai", ScriptedModels.Model));
        var answer = _service.Database.Answer(asked.AnswerId);
        answer.Content.ShouldBe("Tokyo.");
        answer.Provider.ShouldBe("google-ai");
        answer.Usage.ShouldBeNull();
        answer.Attempts!.Count.ShouldBe(2);
    }

    [Test]
    public async Task The_deltas_since_the_last_start_are_the_content_even_without_NUL()
    {
        var asked = await AskAsync();
        _model.Finish("To\0k", "\0", "yo");

        var events = await _service.FollowAsync(asked.AnswerId).Soon();

        events
            .Select(numbered => numbered.Event)
            .OfType<AnswerEvent.Delta>()
            .Select(delta => delta.Text)
            .ShouldBe(["Tok", "yo"]);
        _service.Database.Answer(asked.AnswerId).Content.ShouldBe("Tokyo");
    }

    [Test]
    public async Task What_has_come_so_far_can_be_read_at_any_time()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        var second = _service.Models.Gate();
        var asked = await AskAsync();
        await using var follower = _service
            .Sender.CreateStream(new FollowAnswer(asked.AnswerId, 0))
            .GetAsyncEnumerator();
        _model.Send("Osa");
        await follower.MoveNextAsync().AsTask().Soon();
        await follower.MoveNextAsync().AsTask().Soon();
        var before = await _service.Sender.Send(new GetAnswer(asked.AnswerId));
        _model.Break();
        second.Send("Tok");
        await follower.MoveNextAsync().AsTask().Soon();
        await follower.MoveNextAsync().AsTask().Soon();
        var after = await _service.Sender.Send(new GetAnswer(asked.AnswerId));

        (before.Status, before.Content, before.Provider).ShouldBe((MessageStatus.Generating, "Osa", "openrouter"));
        (after.Status, after.Content, after.Provider).ShouldBe((MessageStatus.Generating, "Tok", "google-ai"));
        _service.Database.Answer(asked.AnswerId).Content.ShouldBe("");
    }

    [Test]
    public async Task An_answer_that_no_provider_gave_has_failed_with_the_reason()
    {
        var asked = await AskAsync();
        _model.Send(Part.Error(401));

        var events = await _service.FollowAsync(asked.AnswerId).Soon();

        events.ShouldHaveSingleItem().Event.ShouldBeOfType<AnswerEvent.Failed>();
        var answer = _service.Database.Answer(asked.AnswerId);
        answer.Status.ShouldBe(MessageStatus.Failed);
        answer.Error.ShouldBe(new AnswerError("provider_failed", "Every provider failed."));
        answer.Attempts.ShouldBe([new Attempt("openrouter", "http_401", 0)]);
        (await _service.Sender.Send(new AwaitAnswer(asked.AnswerId))).Status.ShouldBe(MessageStatus.Failed);
    }

    [Test]
    public async Task A_fault_of_our_own_fails_the_answer_without_its_details()
    {
        var asked = await AskAsync();
        _model.Send(Part.Token("Tok"), Part.Throw(new InvalidOperationException("Secret")));
        await _service.FollowAsync(asked.AnswerId).Soon();

        var answer = _service.Database.Answer(asked.AnswerId);
        answer.Content.ShouldBe("Tok");
        answer.Error.ShouldBe(new AnswerError("internal_error", "The answer could not be generated."));
        ShouldHaveLogged(LogLevel.Error, asked.AnswerId);
    }

    [Test]
    public async Task A_cancelled_answer_keeps_what_has_come_and_cancelling_again_changes_nothing()
    {
        var asked = await BeginAsync("Tok");
        var cancelled = await _service.Sender.Send(new CancelAnswer(asked.AnswerId)).Soon();
        var again = await _service.Sender.Send(new CancelAnswer(asked.AnswerId)).Soon();

        (cancelled.Status, cancelled.Content).ShouldBe((MessageStatus.Cancelled, "Tok"));
        again.ShouldBe(cancelled with { Attempts = again.Attempts });
        _service.Database.Answer(asked.AnswerId).Status.ShouldBe(MessageStatus.Cancelled);
        (await _service.FollowAsync(asked.AnswerId))[^1].Event.ShouldBeOfType<AnswerEvent.Completed>();
    }

    [Test]
    public async Task Cancelling_a_completed_answer_changes_nothing()
    {
        var asked = await AskAsync();
        _model.Finish("Tokyo.");
        await _service.FollowAsync(asked.AnswerId).Soon();

        (await _service.Sender.Send(new CancelAnswer(asked.AnswerId))).Status.ShouldBe(MessageStatus.Completed);
    }

    [Test]
    public async Task Cancelling_an_answer_of_another_process_ends_it_in_the_database()
    {
        var session = _service.Database.Add(A.Session().Asked());
        var (question, answer) = (session.Messages.First(), session.Messages.Last());

        (await _service.Sender.Send(new CancelAnswer(answer.Id))).Status.ShouldBe(MessageStatus.Cancelled);
        _service.Database.Sessions[0].OpenAnswerId.ShouldBeNull();
        foreach (var other in new[] { question.Id, Guid.CreateVersion7() })
            (
                await Should.ThrowAsync<NotFoundException>(() => _service.Sender.Send(new CancelAnswer(other)))
            ).Message.ShouldBe($"There is no answer {other}.");
    }

    [Test]
    public async Task Who_cancels_is_told_when_the_database_cannot_keep_it_yet()
    {
        var asked = await BeginAsync("Tok");
        _service.Database.IsDown = true;
        var cancelling = _service.Sender.Send(new CancelAnswer(asked.AnswerId));
        while (_service.Clock.GetUtcNow() < TestClock.Noon.AddSeconds(5))
            await PassPauseAsync();

        (await Should.ThrowAsync<DatabaseUnavailableException>(() => cancelling.Soon())).Message.ShouldBe(
            "The answer was stopped, but could not be kept yet."
        );
        _service.Database.IsDown = false;
        await PassPauseAsync();
        (await _service.FollowAsync(asked.AnswerId).Soon())[^1].Event.ShouldBeOfType<AnswerEvent.Completed>();
        _service.Database.Answer(asked.AnswerId).Status.ShouldBe(MessageStatus.Cancelled);
    }

    [Test]
    public async Task An_answer_that_the_services_stop_ends_has_failed_and_keeps_what_has_come()
    {
        var asked = await BeginAsync("Tok");
        await _service.Running.DrainAsync(new CancellationToken(true), CancellationToken.None).Soon();

        var answer = _service.Database.Answer(asked.AnswerId);
        (answer.Status, answer.Content).ShouldBe((MessageStatus.Failed, "Tok"));
        answer.Error.ShouldBe(new AnswerError("shutting_down", "The service stopped before the answer was whole."));
    }

    [Test]
    public async Task An_answer_is_kept_when_the_database_is_back_which_is_asked_less_and_less_often()
    {
        var asked = await AskAsync();
        _service.Database.IsDown = true;
        _model.Finish("Tokyo.");
        var follower = _service.FollowAsync(asked.AnswerId);
        var pauses = new List<double>();
        while (pauses.Count < 7)
            pauses.Add((await PassPauseAsync()).TotalMilliseconds);
        pauses.ShouldBe([100, 200, 400, 800, 1600, 2000, 2000]);
        follower.IsCompleted.ShouldBeFalse();
        ShouldHaveLogged(LogLevel.Warning, asked.AnswerId);
        _service.Database.IsDown = false;
        await PassPauseAsync();

        (await follower.Soon())[^1].Event.ShouldBeOfType<AnswerEvent.Completed>();
        _service.Database.Answer(asked.AnswerId).Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task Who_waits_for_the_whole_answer_is_told_when_the_database_stays_away()
    {
        var asked = await AskAsync();
        var waiting = _service.Sender.Send(new AwaitAnswer(asked.AnswerId));
        var run = _service.Running.Find(Owners.Unauthenticated, asked.AnswerId)!;
        _service.Database.IsDown = true;
        _model.Finish("Tokyo.");
        while (await NextPauseAsync() is var pause && _service.Clock.GetUtcNow() < TestClock.Noon.AddSeconds(3))
        {
            run.SavingStalled.IsCompleted.ShouldBeFalse();
            waiting.IsCompleted.ShouldBeFalse();
            _service.Clock.Advance(pause);
        }

        (await Should.ThrowAsync<DatabaseUnavailableException>(() => waiting.Soon())).Message.ShouldStartWith(
            "The answer is whole, but the database that has to keep it is away"
        );
        _service.Running.Count.ShouldBe(1);
    }

    [Test]
    public async Task An_answer_is_given_up_when_the_database_does_not_come_back()
    {
        var asked = await AskAsync();
        var run = _service.Running.Find(Owners.Unauthenticated, asked.AnswerId)!;
        _service.Database.IsDown = true;
        _model.Finish("Tokyo.");
        var follower = _service.FollowAsync(asked.AnswerId);
        while (_service.Clock.GetUtcNow() < TestClock.Noon.AddMinutes(2))
            await PassPauseAsync();

        var lost = (await follower.Soon())[^1].Event.ShouldBeOfType<AnswerEvent.Failed>().Answer;
        lost.Id.ShouldBe(asked.AnswerId);
        lost.Error.ShouldBe(new AnswerError("internal_error", "The answer could not be kept."));
        await Should.ThrowAsync<DatabaseUnavailableException>(() => run.Ended.Soon());
        ShouldHaveLogged(LogLevel.Critical, asked.AnswerId);
        await _service.Running.DrainAsync(CancellationToken.None, CancellationToken.None).Soon();
    }

    [Test]
    public async Task A_session_that_was_renamed_meanwhile_keeps_its_name_and_gets_the_answer()
    {
        var asked = await BeginAsync("Tokyo.");
        _service.Database.Change(asked.SessionId, session => session.Rename("renamed", TestClock.Noon));
        _model.Finish();
        await _service.FollowAsync(asked.AnswerId).Soon();

        _service.Database.Sessions[0].Title.ShouldBe("renamed");
        _service.Database.Answer(asked.AnswerId).Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task An_answer_whose_session_was_deleted_is_cancelled_to_its_followers()
    {
        var asked = await BeginAsync("Tokyo.");
        _service.Database.Delete(asked.SessionId);
        _model.Finish();
        var events = await _service.FollowAsync(asked.AnswerId).Soon();

        var answer = events[^1].Event.ShouldBeOfType<AnswerEvent.Completed>().Answer;
        (answer.Id, answer.Status).ShouldBe((asked.AnswerId, MessageStatus.Cancelled));
        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task An_answer_that_another_process_cancelled_stays_cancelled()
    {
        var asked = await BeginAsync("Tokyo.");
        _service.Database.Change(
            asked.SessionId,
            session => session.CancelAnswer(asked.AnswerId, Generation.Nothing, TestClock.Noon)
        );
        _model.Finish();
        var events = await _service.FollowAsync(asked.AnswerId).Soon();

        events[^1].Event.ShouldBeOfType<AnswerEvent.Completed>().Answer.Status.ShouldBe(MessageStatus.Cancelled);
        _service.Database.Answer(asked.AnswerId).Status.ShouldBe(MessageStatus.Cancelled);
    }

    [Test]
    public async Task An_answer_whose_save_was_not_confirmed_ends_once()
    {
        var asked = await BeginAsync("Tokyo.");
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost);
        _model.Finish();
        var events = await _service.FollowAsync(asked.AnswerId).Soon();

        events[^1].Event.ShouldBeOfType<AnswerEvent.Completed>().Answer.Content.ShouldBe("Tokyo.");
        _service.Database.Answer(asked.AnswerId).Status.ShouldBe(MessageStatus.Completed);
        _service
            .Log.Lines.Where(line => line.Category.StartsWith("QrAi", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Level < LogLevel.Warning);
    }

    [Test]
    public async Task The_log_has_no_text_of_question_or_answer()
    {
        var asked = await AskAsync("Confidential question");
        _model.Finish("Confidential answer");
        await _service.FollowAsync(asked.AnswerId).Soon();

        _service.Log.Lines.ShouldNotBeEmpty();
        _service.Log.Lines.ShouldAllBe(line => !$"{line.Message}{line.Exception}".Contains("Confidential"));
    }

    [Test]
    public async Task Answers_that_are_open_for_longer_than_any_answer_may_take_are_failed()
    {
        var old = _service.Database.Add(A.Session().Asked());
        var young = _service.Database.Add(A.Session().At(TestClock.Noon.AddSeconds(1)).Asked());

        // Its total time, then the time to save it, then a minute.
        _service.Clock.Advance(TimeSpan.FromMinutes(5));
        (await _service.Sender.Send(new FailAbandonedAnswers())).ShouldBe(0);
        _service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await _service.Sender.Send(new FailAbandonedAnswers())).ShouldBe(1);

        _service
            .Database.Answer(old.OpenAnswerId!.Value)
            .Error.ShouldBe(
                new AnswerError("interrupted", "The process that generated the answer ended before it was whole.")
            );
        _service.Database.Answer(young.OpenAnswerId!.Value).Status.ShouldBe(MessageStatus.Generating);
        _service.Database.Sessions.Single(session => session.Id == old.Id).OpenAnswerId.ShouldBeNull();
    }

    [Test]
    public async Task All_that_were_abandoned_are_failed_however_many_and_nothing_else_is()
    {
        for (var i = 0; i < 101; i++)
            _service.Database.Add(A.Session().Asked());
        var whole = _service.Database.Add(A.Session().Answered());
        _service.Clock.Advance(TimeSpan.FromHours(1));

        (await _service.Sender.Send(new FailAbandonedAnswers())).ShouldBe(101);
        (await _service.Sender.Send(new FailAbandonedAnswers())).ShouldBe(0);

        _service.Database.Sessions.ShouldAllBe(session => session.OpenAnswerId == null);
        _service.Database.Answer(whole.Messages.Last().Id).Status.ShouldBe(MessageStatus.Completed);
    }

    /// <summary>Asks, and waits until the first text has been told.</summary>
    private async Task<AskedQuestion> BeginAsync(string text)
    {
        var asked = await AskAsync();
        _model.Send(text);
        await foreach (var numbered in _service.Sender.CreateStream(new FollowAnswer(asked.AnswerId, 0)))
            if (numbered.Event is AnswerEvent.Delta)
                break;
        return asked;
    }

    /// <summary>Waits until the generation waits for the database, and lets the wait pass.</summary>
    private async Task<TimeSpan> PassPauseAsync()
    {
        var pause = await NextPauseAsync();
        _service.Clock.Advance(pause);
        return pause;
    }

    private Task<TimeSpan> NextPauseAsync() =>
        _service.Clock.NextWaitAsync(wait => wait <= TimeSpan.FromSeconds(2)).Soon();

    /// <summary>Whoever reads the log has to find the answer.</summary>
    private void ShouldHaveLogged(LogLevel level, Guid answerId) =>
        _service.Log.Lines.ShouldContain(line =>
            line.Level == level && line.Message.Contains(answerId.ToString(), StringComparison.Ordinal)
        );

    private Task<AskedQuestion> AskAsync(string question = "Capital of Japan?") =>
        _service.Sender.Send(new AskQuestion(question, null, null, null)).Soon();
}
