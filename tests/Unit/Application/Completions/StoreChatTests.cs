using QrAi.Application.Answers;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using TokenUsage = QrAi.Domain.Sessions.TokenUsage;

namespace QrAi.Tests.Unit.Application.Completions;

public sealed class StoreChatTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task The_question_and_its_answer_are_kept_and_told()
    {
        _service.Models.Enqueue(Reply.Answer("Tok", "yo.") with { FinishReason = "length" });

        using var follower = await _service.Sender.Send(Chats.Kept(" Capital?\n"));
        var told = await follower.ReadAsync().Soon();

        var session = _service.Database.Sessions.ShouldHaveSingleItem();
        session.Messages.Select(message => message.Content).ShouldBe(["Capital?", "Tokyo."]);
        var answer = session.Messages.Last();
        answer.FinishReason.ShouldBe("length");
        follower.Generation.Identity.ShouldBe(
            new GenerationIdentity(answer.Id, answer.Owner, answer.CreatedAt, session.Id, answer.QuestionId)
        );
        told.Start.ShouldBe(new GenerationStart(1, "openrouter", ScriptedModels.Model));
        told.Text.ShouldBe("Tokyo.");
        (told.End!.FinishReason, told.End.Usage).ShouldBe(("length", new TokenUsage(10, 2, 12)));
    }

    [Test]
    public async Task A_session_goes_on()
    {
        var session = _service.Database.Add(A.Session().Answered(1));
        _service.Models.Enqueue(Reply.Answer("Two."));

        using var follower = await _service.Sender.Send(Chats.Kept("Two?", session.Id));
        await follower.ReadAsync().Soon();

        follower.Generation.Identity.SessionId.ShouldBe(session.Id);
        _service.Models.Requests[0].Messages.Select(message => message.Content).ShouldBe(["Q1", "A1", "Two?"]);
        _service.Database.Sessions.ShouldHaveSingleItem().MessageCount.ShouldBe(4);
    }

    [Test]
    public async Task What_broke_off_is_void()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.BreakOff("Half"), Reply.Answer("Whole"));

        var told = await _service.Sender.CompleteAsync(Chats.Kept()).Soon();

        told.Start.ShouldBe(new GenerationStart(2, "google-ai", ScriptedModels.Model));
        told.Text.ShouldBe("Whole");
    }

    [Test]
    public async Task What_nobody_answers_fails_with_the_answers_error()
    {
        _service.Models.Enqueue(Reply.Status(500));

        var told = await _service.Sender.CompleteAsync(Chats.Kept()).Soon();

        told.End!.Error.ShouldBe(new AnswerError("provider_failed", "Every provider failed."));
        _service.Database.Sessions.Single().Messages.Last().Status.ShouldBe(MessageStatus.Failed);
    }

    [Test]
    public async Task One_that_is_cancelled_before_anybody_has_begun_has_only_its_end()
    {
        var completing = _service.Sender.CompleteAsync(Chats.Kept());
        await _service.Models.WaitForRequestsAsync(1);

        await _service.Sender.Send(new CancelAnswer(_service.Database.Sessions.Single().Messages.Last().Id));

        (await completing.Soon()).Lines.ShouldBe(["1.0.end Cancelled"]);
    }

    [Test]
    public async Task A_model_that_nobody_has_is_refused_and_nothing_is_kept()
    {
        await Should.ThrowAsync<ModelNotFoundException>(
            _service.Sender.CompleteAsync(Chats.Kept() with { Model = "nobody" })
        );

        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task With_a_key_it_is_asked_once_and_told_alike()
    {
        _service.Models.Enqueue(Reply.Answer("Once."));

        using var first = await _service.WithKey("key").Send(Chats.Kept());
        var told = await first.ReadAsync().Soon();
        using var again = await _service.WithKey("key").Send(Chats.Kept());

        again.Generation.Identity.ShouldBe(first.Generation.Identity);
        (await again.ReadAsync().Soon()).Text.ShouldBe(told.Text);
        _service.Models.Requests.Count.ShouldBe(1);
        _service.Database.Sessions.ShouldHaveSingleItem();
    }

    [Test]
    public async Task Of_an_answer_that_does_not_say_why_it_ended_no_reason_is_told()
    {
        // As programs kept it that knew no reasons.
        var session = _service.Database.Add(A.Session().Answered(1));
        session.Messages.Last().FinishReason.ShouldBeNull();
        _service.Database.Add(Keys.Question(session.Messages.Last().Id));

        var told = await _service.WithKey("key").CompleteAsync(Chats.Kept()).Soon();

        told.End!.FinishReason.ShouldBeNull();
        told.Text.ShouldBe("A1");
    }
}
