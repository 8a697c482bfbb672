using System.Text.Json;
using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;
using QrAi.Application.Completions;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Two processes with one database. The process that generates an answer crashes.</summary>
public sealed class AnswerTakeoverTests : IDisposable
{
    /// <summary>The lease, and the time until the next check for orphaned answers.</summary>
    private static readonly TimeSpan _maxDelay = Service.Lease + TimeSpan.FromSeconds(1);

    private readonly Service _first = new();
    private readonly Service _other;
    private readonly GatedReply _model = Reply.Gated();

    public AnswerTakeoverTests() => _other = new Service(sharedWith: _first);

    [SetUp]
    public Task TakeOverAsync() => _other.Worker.TakeOverAsync(CancellationToken.None);

    [TearDown]
    public void Dispose()
    {
        _first.Dispose();
        _other.Dispose();
    }

    [Test]
    public async Task An_answer_of_a_crashed_process_is_generated_by_another_one()
    {
        var asked = await _first.BeginAsync(_model, "Osa");
        _first.Pass(TimeSpan.FromMilliseconds(100));
        _first.Crash();
        _other.Models.Enqueue(Reply.Answer("Tokyo."));
        _other.Pass(_maxDelay);
        await _other.WaitForEndAsync(asked.AnswerId());

        var answer = _other.Database.Answer(asked.AnswerId());
        (answer.Status, answer.Content, answer.Run, answer.Takeovers).ShouldBe(
            (MessageStatus.Completed, "Tokyo.", 2, 1)
        );
        _other.Database.Pieces(answer.Id).ShouldBeEmpty();
        _other.Database.Workers.ShouldBe([_other.Worker.Id], "The crashed process is removed.");
        _other.Log.Lines.ShouldContain(line =>
            line.Level == LogLevel.Warning
            && line.Message == $"Answer {answer.Id} has lost its process and is generated again, takeover 1"
        );
    }

    [Test]
    public async Task Nothing_is_taken_over_while_its_process_is_alive()
    {
        var asked = await _first.BeginAsync(_model, "Tok");
        _other.Pass(3 * _maxDelay);

        _other.Database.Answer(asked.AnswerId()).Takeovers.ShouldBe(0);
        _other.Running.Count.ShouldBe(0);
    }

    [Test]
    public async Task A_takeover_has_the_same_question_history_provider_and_model()
    {
        _first.Models.Providers = _other.Models.Providers = ["openrouter", "google-ai"];
        var session = _first.Database.Add(A.Session().Answered(3));
        _first.Models.Enqueue(_model);
        await _first.Sender.Send(new AskQuestion("And now?", session.Id, "google-ai", "big/one"));
        var first = await _model.Request.Soon();
        _first.Crash();
        _other.Pass(_maxDelay);

        var again = (await _other.Models.WaitForRequestsAsync(1))[0];
        again.Model.ShouldBe("big/one");
        again.Messages.ShouldBe(first.Messages);
        again.Messages.Skip(1).Select(message => message.Content).ShouldBe(["Q2", "A2", "Q3", "A3", "And now?"]);
    }

    [Test]
    public async Task Only_answered_turns_are_history()
    {
        var session = _first.Database.Add(
            A.Session().Answered(1).Failed("No?").Cancelled("Stop?").Answered("Q2", "A2")
        );
        await _first.AskAsync("And now?", session.Id);
        _first.Crash();
        _other.Pass(_maxDelay);

        (await _other.Models.WaitForRequestsAsync(1))[0]
            .Messages.Skip(1)
            .Select(message => message.Content)
            .ShouldBe(["Q1", "A1", "Q2", "A2", "And now?"]);
    }

    [Test]
    public async Task A_stored_completion_is_requested_again_as_its_caller_sent_it()
    {
        var session = _first.Database.Add(A.Session().Answered(1));
        _first.Models.Enqueue(_model);
        using var follower = await _first.Sender.Send(
            new StoreChat(
                "openrouter/large",
                [
                    new CompletionMessage("system", ["Be ", "brief."]) { Name = "me" },
                    new CompletionMessage("user", ["Why?"]),
                ],
                new CompletionOptions
                {
                    Temperature = 0,
                    Stop = ["."],
                    AdditionalMembers = new Dictionary<string, JsonElement>
                    {
                        ["user"] = JsonSerializer.SerializeToElement("somebody"),
                    },
                },
                session.Id
            )
        );
        var first = await _model.Request.Soon();
        _first.Crash();
        _other.Pass(_maxDelay);

        var again = (await _other.Models.WaitForRequestsAsync(1))[0];
        again.Model.ShouldBe("large");
        again.Messages.ShouldBe(first.Messages);
        again.Messages.Select(message => message.Content).ShouldBe(["Be brief.", "Q1", "A1", "Why?"]);
    }

    [Test]
    public async Task Followers_in_other_processes_receive_the_restart()
    {
        using var third = new Service(sharedWith: _first);
        var asked = await _first.BeginAsync(_model, "Osa");
        _first.Pass(TimeSpan.FromMilliseconds(100));
        var following = third.FollowAsync(asked.AnswerId());
        _first.Crash();
        var again = Reply.Gated();
        _other.Models.Enqueue(again);
        _other.Pass(_maxDelay);
        await again.Request.Soon();
        again.Finish("Tokyo.");
        await _other.WaitForEndAsync(asked.AnswerId());
        _other.Pass(TimeSpan.FromMilliseconds(150));

        (await following.Soon()).Lines.ShouldBe([
            "started 1 openrouter",
            "1.3 Osa",
            "restarted 2 openrouter Interrupted",
            "2.6 Tokyo.",
            "2.6.end Completed",
        ]);
    }

    [Test]
    public async Task A_process_that_returns_after_its_lease_expired_changes_nothing_and_its_followers_continue()
    {
        var asked = await _first.BeginAsync(_model, "Osa");
        var following = _first.FollowAsync(asked.AnswerId());
        _first.Crash();
        var again = Reply.Gated();
        _other.Models.Enqueue(again);
        _other.Pass(_maxDelay);
        await again.Request.Soon();
        _first.Database.Reconnect(_first.Worker.Id);
        _model.Finish("ka.");
        await Eventually.Holds(() => _first.Running.Count == 0);
        again.Finish("Tokyo.");
        await _other.WaitForEndAsync(asked.AnswerId());
        await _other.PassUntilAsync(() => following.IsCompleted);

        _other.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo.");
        var written = await following;
        written.Text.ShouldBe("Tokyo.");
        written.Lines[^1].ShouldBe("2.6.end Completed");
    }

    [Test]
    public async Task An_answer_with_a_stop_request_is_cancelled_and_keeps_its_recorded_text()
    {
        var asked = await _first.BeginAsync(_model, "Tok");
        _first.Pass(TimeSpan.FromMilliseconds(100));
        _first.Crash();
        var cancelling = _other.Sender.Send(new CancelAnswer(asked.AnswerId()));
        _other.Pass(_maxDelay);
        await _other.WaitForEndAsync(asked.AnswerId());

        var answer = _other.Database.Answer(asked.AnswerId());
        (answer.Status, answer.Content, answer.Provider).ShouldBe((MessageStatus.Cancelled, "Tok", "openrouter"));
        answer.Run.ShouldBe(2);
        _other.Models.Requests.ShouldBeEmpty();
        // The cancellation waits until another process has taken over.
        (await cancelling.Soon()).Status.ShouldBe(MessageStatus.Cancelled);
    }

    [Test]
    public async Task After_three_takeovers_an_answer_fails_as_interrupted_and_keeps_its_recorded_text()
    {
        var asked = await _first.BeginAsync(_model, "Tok");
        _first.Pass(TimeSpan.FromMilliseconds(100));
        _first.Crash();
        var services = new List<Service> { _other };
        for (var takeover = 1; takeover <= 3; takeover++)
        {
            services[^1].Models.Enqueue(Reply.HangAfter($"Take {takeover}"));
            _first.Pass(_maxDelay);
            _first.Database.Answer(asked.AnswerId()).Takeovers.ShouldBe(takeover);
            await _first.PassUntilAsync(() => _first.Database.Pieces(asked.AnswerId()).Contains($"Take {takeover}"));
            services[^1].Crash();
            services.Add(new Service(sharedWith: _first));
            await services[^1].Worker.TakeOverAsync(CancellationToken.None);
        }

        _first.Pass(_maxDelay);

        var answer = _first.Database.Answer(asked.AnswerId());
        (answer.Status, answer.Content).ShouldBe((MessageStatus.Failed, "Take 3"));
        answer.Error.ShouldBe(
            new AnswerError(
                "interrupted",
                "The processes that generated the answer ended 4 times before it was complete."
            )
        );
        services[^1].Models.Requests.ShouldBeEmpty();
        services.ForEach(service => service.Dispose());
    }

    [Test]
    public async Task An_answer_fails_if_its_provider_is_not_configured_here()
    {
        _first.Models.Providers = ["google-ai"];
        var asked = await _first.Sender.Send(new AskQuestion("Why?", null, "google-ai", null));
        _first.Crash();
        _other.Pass(_maxDelay);

        _other.Database.Answer(asked.AnswerId()).Error!.Code.ShouldBe("provider_failed");
    }

    [Test]
    public async Task An_answer_whose_session_was_deleted_meanwhile_is_not_taken_over()
    {
        var asked = await _first.BeginAsync(_model, "Tok");
        _first.Crash();
        await _other.Sender.Send(new DeleteSession(asked.SessionId));
        _other.Pass(_maxDelay);

        _other.Running.Count.ShouldBe(0);
        _other.Log.Lines.ShouldNotContain(line => line.Level >= LogLevel.Error);
    }

    [Test]
    public async Task More_answers_than_fit_into_one_batch_are_all_taken_over()
    {
        for (var i = 0; i < 101; i++)
            _first.Database.Add(A.Session().Asked());
        _other.Models.Default = Reply.Answer("Yes.");
        _other.Pass(TimeSpan.FromSeconds(1));

        await Eventually.Holds(() =>
            _other.Database.Sessions.All(session => session.Messages.Last().Status == MessageStatus.Completed)
        );
    }

    [Test]
    public async Task An_answer_whose_takeover_was_not_confirmed_is_taken_over_once_more()
    {
        var session = _first.Database.Add(A.Session().Asked());
        var id = session.Messages.Last().Id;
        await _other.Answers.TakeOverAsync(_other.Worker.Id, [], Service.Lease, 50, CancellationToken.None);
        _other.Models.Enqueue(Reply.Answer("Yes."));
        _other.Pass(TimeSpan.FromSeconds(1));
        await _other.WaitForEndAsync(id);

        _other.Database.Answer(id).Takeovers.ShouldBe(2);
        _other.Database.Answer(id).Content.ShouldBe("Yes.");
    }

    [Test]
    public async Task A_taken_over_answer_that_is_running_is_not_taken_over_again()
    {
        var id = _first.Database.Add(A.Session().Asked()).Messages.Last().Id;
        _other.Pass(TimeSpan.FromSeconds(5));
        await _other.Models.WaitForRequestsAsync(1);

        _other.Database.Answer(id).Takeovers.ShouldBe(1);
        _other.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_verb_that_runs_beside_the_service_takes_nothing_over()
    {
        using var verb = new Service(sharedWith: _first);
        _other.Worker.StopTakingOver();
        await verb.AskAsync();
        var id = _first.Database.Add(A.Session().Asked()).Messages.Last().Id;
        verb.Pass(_maxDelay);

        verb.Database.Answer(id).Takeovers.ShouldBe(0);
    }
}
