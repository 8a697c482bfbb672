using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using QrAi.Tests.Unit.Support.Persistence;
using TokenUsage = QrAi.Domain.Sessions.TokenUsage;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Generating an answer: what followers receive, and what is stored.</summary>
public sealed class AnswerGeneratorTests : IDisposable
{
    private readonly Service _service = new();
    private readonly GatedReply _model = Reply.Gated();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task Followers_receive_the_whole_answer_and_it_is_stored_with_all_details()
    {
        _service.Models.Providers = ["google-ai", "openrouter"];
        var second = Reply.Gated() with { Usage = new(7, 2) };
        _service.Models.Enqueue(_model, second);
        var asked = await _service.AskAsync();
        var follower = _service.FollowAsync(asked.AnswerId());
        _service.Clock.Advance(TimeSpan.FromSeconds(1));
        _model.Send(Part.Error(503));
        await second.Request.Soon();
        _service.Clock.Advance(TimeSpan.FromSeconds(2));
        second.Finish("Tok", "yo.");
        var written = await follower.Soon();

        var answer = _service.Database.Answer(asked.AnswerId());
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
        written.Lines[0].ShouldBe("started 1 openrouter");
        written.Lines[^1].ShouldBe("1.6.end Completed");
        written.Text.ShouldBe("Tokyo.");
        written.End!.Usage.ShouldBe(answer.Usage);
        written.End.Attempts.ShouldBe(answer.Attempts);
        written.End.CompletedAt.ShouldBe(TestClock.Noon.AddSeconds(3));
    }

    [Test]
    public async Task The_caller_that_asked_follows_the_answer_without_a_query()
    {
        var asked = await BeginAsync("Tok");
        _model.Finish("yo.");

        (await asked.Answer.ReadAsync().Soon()).Text.ShouldBe("Tokyo.");

        _service.Answers.Reads.ShouldBeEmpty();
    }

    [Test]
    public async Task A_restart_discards_earlier_text_and_usage()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        var second = Reply.Gated();
        _service.Models.Enqueue(_model, second);
        var asked = await _service.AskAsync();
        var follower = _service.FollowAsync(asked.AnswerId());
        _model.Send("Osa");
        await WaitForTextAsync(asked, "Osa");
        _service.Pass(TimeSpan.FromMilliseconds(100));
        _model.Send(Part.Usage(9, 9), Part.Break);
        await second.Request.Soon();
        second.Send(Part.Token("Tokyo."), Part.Finish, Part.Done);

        var written = await follower.Soon();

        written.Lines.ShouldBe([
            "started 1 openrouter",
            "1.3 Osa",
            "restarted 2 google-ai ProviderFailed",
            "2.6 Tokyo.",
            "2.6.end Completed",
        ]);
        var answer = _service.Database.Answer(asked.AnswerId());
        (answer.Content, answer.Provider, answer.Run).ShouldBe(("Tokyo.", "google-ai", 2));
        answer.Usage.ShouldBeNull();
        answer.Attempts!.Count.ShouldBe(2);
    }

    [Test]
    public async Task The_deltas_since_the_last_start_are_the_content_even_without_NUL()
    {
        _service.Models.Enqueue(Reply.Answer("To\0k", "\0", "yo"));
        var asked = await _service.AskAsync();

        var written = await _service.FollowAsync(asked.AnswerId()).Soon();

        written.Text.ShouldBe("Tokyo");
        _service.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo");
    }

    [Test]
    public async Task The_text_so_far_can_be_read_at_any_time()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        var second = Reply.Gated();
        var asked = await BeginAsync("Osa");
        _service.Models.Enqueue(second);
        var before = await _service.Sender.Send(new GetAnswer(asked.AnswerId()));
        _model.Break();
        await second.Request.Soon();
        second.Send("Tok");
        await _service.PassUntilAsync(() => asked.Answer.Generation.ToMessage().Content == "Tok");
        var after = await _service.Sender.Send(new GetAnswer(asked.AnswerId()));

        (before.Status, before.Content, before.Provider).ShouldBe((MessageStatus.Generating, "Osa", "openrouter"));
        (after.Status, after.Content, after.Provider).ShouldBe((MessageStatus.Generating, "Tok", "google-ai"));
        _service.Database.Answer(asked.AnswerId()).Content.ShouldBe("");
    }

    [Test]
    public async Task An_answer_fails_with_the_reason_if_all_providers_fail()
    {
        _service.Models.Enqueue(Reply.Status(401));
        var asked = await _service.AskAsync();

        var written = await _service.FollowAsync(asked.AnswerId()).Soon();

        written.Lines.ShouldBe(["1.0.end Failed"]);
        var answer = _service.Database.Answer(asked.AnswerId());
        answer.Status.ShouldBe(MessageStatus.Failed);
        answer.Error.ShouldBe(new AnswerError("provider_failed", "Every provider failed."));
        answer.Attempts.ShouldBe([new Attempt("openrouter", "http_401", 0)]);
        asked.Answer.FailedBeforeStart.ShouldBeTrue();
    }

    [Test]
    public async Task An_internal_error_fails_the_answer_without_its_details()
    {
        var asked = await BeginAsync("Tok");
        _model.Send(Part.Throw(new InvalidOperationException("Secret")));
        await _service.FollowAsync(asked.AnswerId()).Soon();

        var answer = _service.Database.Answer(asked.AnswerId());
        answer.Content.ShouldBe("Tok");
        answer.Error.ShouldBe(new AnswerError("internal_error", "The answer could not be generated."));
        ShouldHaveLogged(LogLevel.Error, asked.AnswerId());
    }

    [Test]
    public async Task An_answer_is_saved_when_the_database_is_available_again_and_retries_back_off()
    {
        var asked = await BeginAsync("Tokyo.");
        _service.Pass(TimeSpan.FromMilliseconds(100));
        var follower = _service.FollowAsync(asked.AnswerId());
        _service.Database.IsDown = true;
        _model.Finish();
        var tries = new List<double>();
        await Eventually.Holds(() => Tries() == 1);
        while (tries.Count < 7)
            await RetryAsync();
        tries.ShouldBe([100, 200, 400, 800, 1600, 2000, 2000]);
        follower.IsCompleted.ShouldBeFalse();
        ShouldHaveLogged(LogLevel.Warning, asked.AnswerId());
        _service.Database.IsDown = false;
        _service.Pass(TimeSpan.FromSeconds(2));

        (await follower.Soon()).Lines[^1].ShouldBe("1.6.end Completed");
        _service.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo.");

        int Tries() =>
            _service.Log.Lines.Count(line =>
                line.Level == LogLevel.Warning && line.Message.Contains("cannot be saved yet")
            );

        Task RetryAsync()
        {
            var (before, start) = (Tries(), _service.Clock.GetUtcNow());
            while (Tries() == before && _service.Clock.GetUtcNow() - start < TimeSpan.FromSeconds(10))
                _service.Clock.Advance(TimeSpan.FromMilliseconds(100));
            tries.Add((_service.Clock.GetUtcNow() - start).TotalMilliseconds);
            return Task.CompletedTask;
        }
    }

    [Test]
    public async Task A_caller_that_waits_for_the_whole_answer_gets_an_error_if_the_database_stays_unavailable()
    {
        var asked = await BeginAsync("Tokyo.");
        var waiting = asked.Answer.WaitForEndAsync(CancellationToken.None);
        _service.Database.IsDown = true;
        _model.Finish();
        await Eventually.Holds(() => _service.Log.Lines.Any(line => line.Message.Contains("cannot be saved yet")));
        _service.Pass(TimeSpan.FromSeconds(2.9));
        waiting.IsCompleted.ShouldBeFalse();
        _service.Pass(TimeSpan.FromSeconds(2.1));

        (await Should.ThrowAsync<DatabaseUnavailableException>(() => waiting.Soon())).Message.ShouldStartWith(
            "The answer is complete, but the database is unavailable"
        );
        _service.Running.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_session_that_was_renamed_meanwhile_keeps_its_title_and_gets_the_answer()
    {
        var asked = await BeginAsync("Tokyo.");
        await _service.Sender.Send(new RenameSession(asked.SessionId, "renamed"));
        _model.Finish();
        await _service.FollowAsync(asked.AnswerId()).Soon();

        _service.Database.Sessions[0].Title.ShouldBe("renamed");
        _service.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task Followers_of_an_answer_whose_session_was_deleted_see_it_cancelled()
    {
        var asked = await BeginAsync("Tokyo.");
        var follower = _service.FollowAsync(asked.AnswerId());
        _service.Database.Delete(asked.SessionId); // by another process
        _model.Finish();

        (await follower.Soon()).End!.Status.ShouldBe(MessageStatus.Cancelled);
        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task An_answer_whose_save_was_not_confirmed_ends_once()
    {
        var asked = await BeginAsync("Tokyo.");
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.ConfirmationLost);
        _model.Finish();
        await _service.WaitForEndAsync(asked.AnswerId());
        var follower = _service.FollowAsync(asked.AnswerId());
        await _service.PassUntilAsync(() => follower.IsCompleted);

        (await follower).Text.ShouldBe("Tokyo.");
        _service
            .Log.Lines.Count(line => line.Category.EndsWith(nameof(RecordAnswerEnded), StringComparison.Ordinal))
            .ShouldBe(1);
    }

    [Test]
    public async Task The_end_of_an_answer_is_published()
    {
        _service.Models.Enqueue(Reply.Answer("Tokyo."));
        var asked = await _service.AskAsync();
        await _service.FollowAsync(asked.AnswerId()).Soon();

        _service.Log.Lines.ShouldContain(line =>
            line.Category.EndsWith(nameof(RecordAnswerEnded), StringComparison.Ordinal)
            && line.Message.Contains(asked.AnswerId().ToString(), StringComparison.Ordinal)
        );
    }

    [Test]
    public async Task An_answer_that_an_internal_error_keeps_from_being_saved_is_given_up_and_generated_again()
    {
        await _service.Worker.TakeOverAsync(CancellationToken.None);
        var asked = await BeginAsync("Tok");
        var follower = _service.FollowAsync(asked.AnswerId());
        _service.Models.Enqueue(Reply.Answer("Tokyo."));
        _service.Database.Faults.Enqueue(MemoryDatabase.Fault.Bug);
        _model.Finish("yo.");
        await Eventually.Holds(() => _service.Log.Lines.Any(line => line.Level == LogLevel.Critical));

        await _service.PassUntilAsync(() => follower.IsCompleted);

        ShouldHaveLogged(LogLevel.Critical, asked.AnswerId());
        (await follower).Text.ShouldBe("Tokyo.");
        (await follower).Lines.ShouldContain("restarted 2 openrouter Interrupted");
    }

    [Test]
    public async Task The_log_has_no_text_of_question_or_answer()
    {
        _service.Models.Enqueue(Reply.Answer("Confidential answer"));
        var asked = await _service.AskAsync("Confidential question");
        await _service.FollowAsync(asked.AnswerId()).Soon();

        _service.Log.Lines.ShouldNotBeEmpty();
        _service.Log.Lines.ShouldAllBe(line => !$"{line.Message}{line.Exception}".Contains("Confidential"));
    }

    private Task<AskedQuestion> BeginAsync(string text) => _service.BeginAsync(_model, text);

    private static Task WaitForTextAsync(AskedQuestion asked, string text) =>
        Eventually.Holds(() => asked.Answer.Generation.ToMessage().Content == text);

    /// <summary>Asserts that the log names the answer.</summary>
    private void ShouldHaveLogged(LogLevel level, Guid answerId) =>
        _service.Log.Lines.ShouldContain(line =>
            line.Level == level && line.Message.Contains(answerId.ToString(), StringComparison.Ordinal)
        );
}
