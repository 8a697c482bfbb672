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

/// <summary>Two processes over one database, of which the one dies that generates an answer.</summary>
public sealed class AnswerTakeoverTests : IDisposable
{
    /// <summary>The lease, and until the next look at what nobody does.</summary>
    private static readonly TimeSpan _longest = Service.Lease + TimeSpan.FromSeconds(1);

    private readonly Service _dying = new();
    private readonly Service _other;
    private readonly GatedReply _model = Reply.Gated();

    public AnswerTakeoverTests() => _other = new Service(beside: _dying);

    [SetUp]
    public Task TakeOverAsync() => _other.Worker.TakeOverAsync(CancellationToken.None);

    [TearDown]
    public void Dispose()
    {
        _dying.Dispose();
        _other.Dispose();
    }

    [Test]
    public async Task An_answer_whose_process_died_is_made_by_another_one()
    {
        var asked = await _dying.BeginAsync(_model, "Osa");
        _dying.Pass(TimeSpan.FromMilliseconds(100));
        _dying.Crash();
        _other.Models.Enqueue(Reply.Answer("Tokyo."));
        _other.Pass(_longest);
        await _other.EndOfAsync(asked.AnswerId());

        var answer = _other.Database.Answer(asked.AnswerId());
        (answer.Status, answer.Content, answer.Run, answer.Takeovers).ShouldBe(
            (MessageStatus.Completed, "Tokyo.", 2, 1)
        );
        _other.Database.Pieces(answer.Id).ShouldBeEmpty();
        _other.Database.Workers.ShouldBe([_other.Worker.Id], "the dead one is forgotten");
        _other.Log.Lines.ShouldContain(line =>
            line.Level == LogLevel.Warning
            && line.Message == $"Answer {answer.Id} has lost its process and is generated again, takeover 1"
        );
    }

    [Test]
    public async Task Nothing_is_taken_over_while_its_process_is_alive()
    {
        var asked = await _dying.BeginAsync(_model, "Tok");
        _other.Pass(3 * _longest);

        _other.Database.Answer(asked.AnswerId()).Takeovers.ShouldBe(0);
        _other.Running.Count.ShouldBe(0);
    }

    [Test]
    public async Task It_is_asked_again_with_the_same_question_history_provider_and_model()
    {
        _dying.Models.Providers = _other.Models.Providers = ["openrouter", "google-ai"];
        var session = _dying.Database.Add(A.Session().Answered(3));
        _dying.Models.Enqueue(_model);
        await _dying.Sender.Send(new AskQuestion("And now?", session.Id, "google-ai", "big/one"));
        var first = await _model.Request.Soon();
        _dying.Crash();
        _other.Pass(_longest);

        var again = (await _other.Models.WaitForRequestsAsync(1))[0];
        again.Model.ShouldBe("big/one");
        again.Messages.ShouldBe(first.Messages);
        again.Messages.Skip(1).Select(message => message.Content).ShouldBe(["Q2", "A2", "Q3", "A3", "And now?"]);
    }

    [Test]
    public async Task Only_turns_that_were_answered_are_history()
    {
        var session = _dying.Database.Add(
            A.Session().Answered(1).Failed("No?").Cancelled("Stop?").Answered("Q2", "A2")
        );
        await _dying.AskAsync("And now?", session.Id);
        _dying.Crash();
        _other.Pass(_longest);

        (await _other.Models.WaitForRequestsAsync(1))[0]
            .Messages.Skip(1)
            .Select(message => message.Content)
            .ShouldBe(["Q1", "A1", "Q2", "A2", "And now?"]);
    }

    [Test]
    public async Task A_completion_that_is_kept_is_asked_again_as_its_caller_sent_it()
    {
        var session = _dying.Database.Add(A.Session().Answered(1));
        _dying.Models.Enqueue(_model);
        using var follower = await _dying.Sender.Send(
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
        _dying.Crash();
        _other.Pass(_longest);

        var again = (await _other.Models.WaitForRequestsAsync(1))[0];
        again.Model.ShouldBe("large");
        again.Messages.ShouldBe(first.Messages);
        again.Messages.Select(message => message.Content).ShouldBe(["Be brief.", "Q1", "A1", "Why?"]);
    }

    [Test]
    public async Task Its_followers_elsewhere_are_told_of_the_restart()
    {
        using var third = new Service(beside: _dying);
        var asked = await _dying.BeginAsync(_model, "Osa");
        _dying.Pass(TimeSpan.FromMilliseconds(100));
        var following = third.FollowAsync(asked.AnswerId());
        _dying.Crash();
        var again = Reply.Gated();
        _other.Models.Enqueue(again);
        _other.Pass(_longest);
        await again.Request.Soon();
        again.Finish("Tokyo.");
        await _other.EndOfAsync(asked.AnswerId());
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
    public async Task A_process_that_was_thought_dead_and_comes_back_changes_nothing_and_its_followers_go_on()
    {
        var asked = await _dying.BeginAsync(_model, "Osa");
        var following = _dying.FollowAsync(asked.AnswerId());
        _dying.Crash();
        var again = Reply.Gated();
        _other.Models.Enqueue(again);
        _other.Pass(_longest);
        await again.Request.Soon();
        _dying.Database.Reconnect(_dying.Worker.Id);
        _model.Finish("ka.");
        await Eventually.Holds(() => _dying.Running.Count == 0);
        again.Finish("Tokyo.");
        await _other.EndOfAsync(asked.AnswerId());
        await _other.PassUntilAsync(() => following.IsCompleted);

        _other.Database.Answer(asked.AnswerId()).Content.ShouldBe("Tokyo.");
        var told = await following;
        told.Text.ShouldBe("Tokyo.");
        told.Lines[^1].ShouldBe("2.6.end Completed");
    }

    [Test]
    public async Task An_answer_that_was_to_stop_is_cancelled_and_keeps_what_was_recorded()
    {
        var asked = await _dying.BeginAsync(_model, "Tok");
        _dying.Pass(TimeSpan.FromMilliseconds(100));
        _dying.Crash();
        var cancelling = _other.Sender.Send(new CancelAnswer(asked.AnswerId()));
        _other.Pass(_longest);
        await _other.EndOfAsync(asked.AnswerId());

        var answer = _other.Database.Answer(asked.AnswerId());
        (answer.Status, answer.Content, answer.Provider).ShouldBe((MessageStatus.Cancelled, "Tok", "openrouter"));
        answer.Run.ShouldBe(2);
        _other.Models.Requests.ShouldBeEmpty();
        // Whoever cancelled waits until another process has taken over.
        (await cancelling.Soon()).Status.ShouldBe(MessageStatus.Cancelled);
    }

    [Test]
    public async Task After_three_takeovers_it_fails_as_interrupted_and_keeps_what_was_recorded()
    {
        var asked = await _dying.BeginAsync(_model, "Tok");
        _dying.Pass(TimeSpan.FromMilliseconds(100));
        _dying.Crash();
        var services = new List<Service> { _other };
        for (var takeover = 1; takeover <= 3; takeover++)
        {
            services[^1].Models.Enqueue(Reply.HangAfter($"Take {takeover}"));
            _dying.Pass(_longest);
            _dying.Database.Answer(asked.AnswerId()).Takeovers.ShouldBe(takeover);
            await _dying.PassUntilAsync(() => _dying.Database.Pieces(asked.AnswerId()).Contains($"Take {takeover}"));
            services[^1].Crash();
            services.Add(new Service(beside: _dying));
            await services[^1].Worker.TakeOverAsync(CancellationToken.None);
        }

        _dying.Pass(_longest);

        var answer = _dying.Database.Answer(asked.AnswerId());
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
    public async Task One_that_this_process_is_not_configured_for_fails()
    {
        _dying.Models.Providers = ["google-ai"];
        var asked = await _dying.Sender.Send(new AskQuestion("Why?", null, "google-ai", null));
        _dying.Crash();
        _other.Pass(_longest);

        _other.Database.Answer(asked.AnswerId()).Error!.Code.ShouldBe("provider_failed");
    }

    [Test]
    public async Task One_whose_session_was_deleted_meanwhile_is_left_alone()
    {
        var asked = await _dying.BeginAsync(_model, "Tok");
        _dying.Crash();
        await _other.Sender.Send(new DeleteSession(asked.SessionId));
        _other.Pass(_longest);

        _other.Running.Count.ShouldBe(0);
        _other.Log.Lines.ShouldNotContain(line => line.Level >= LogLevel.Error);
    }

    [Test]
    public async Task However_many_there_are_all_are_taken_over()
    {
        for (var i = 0; i < 101; i++)
            _dying.Database.Add(A.Session().Asked());
        _other.Models.Default = Reply.Answer("Yes.");
        _other.Pass(TimeSpan.FromSeconds(1));

        await Eventually.Holds(() =>
            _other.Database.Sessions.All(session => session.Messages.Last().Status == MessageStatus.Completed)
        );
    }

    [Test]
    public async Task What_the_database_gave_without_the_worker_hearing_of_it_is_taken_over_once_more()
    {
        var session = _dying.Database.Add(A.Session().Asked());
        var id = session.Messages.Last().Id;
        await _other.Answers.TakeOverAsync(_other.Worker.Id, [], Service.Lease, 50, CancellationToken.None);
        _other.Models.Enqueue(Reply.Answer("Yes."));
        _other.Pass(TimeSpan.FromSeconds(1));
        await _other.EndOfAsync(id);

        _other.Database.Answer(id).Takeovers.ShouldBe(2);
        _other.Database.Answer(id).Content.ShouldBe("Yes.");
    }

    [Test]
    public async Task What_was_taken_over_and_still_runs_is_not_taken_over_again()
    {
        var id = _dying.Database.Add(A.Session().Asked()).Messages.Last().Id;
        _other.Pass(TimeSpan.FromSeconds(5));
        await _other.Models.WaitForRequestsAsync(1);

        _other.Database.Answer(id).Takeovers.ShouldBe(1);
        _other.Models.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_verb_that_works_beside_the_service_takes_nothing_over()
    {
        using var verb = new Service(beside: _dying);
        _other.Worker.StopTakingOver();
        await verb.AskAsync();
        var id = _dying.Database.Add(A.Session().Asked()).Messages.Last().Id;
        verb.Pass(_longest);

        verb.Database.Answer(id).Takeovers.ShouldBe(0);
    }
}
