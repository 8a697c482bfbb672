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
    public async Task The_question_and_its_answer_are_stored_and_returned()
    {
        _service.Models.Enqueue(Reply.Answer("Tok", "yo.") with { FinishReason = "length" });

        using var follower = await _service.Sender.Send(Chats.Stored(" Capital?\n"));
        var written = await follower.ReadAsync().Soon();

        var session = _service.Database.Sessions.ShouldHaveSingleItem();
        session.Messages.Select(message => message.Content).ShouldBe(["Capital?", "Tokyo."]);
        var answer = session.Messages.Last();
        answer.FinishReason.ShouldBe("length");
        follower.Generation.Identity.ShouldBe(
            new GenerationIdentity(answer.Id, answer.Owner, answer.CreatedAt, session.Id, answer.QuestionId)
        );
        written.Start.ShouldBe(new GenerationStart(1, "openrouter", ScriptedModels.Model));
        written.Text.ShouldBe("Tokyo.");
        (written.End!.FinishReason, written.End.Usage).ShouldBe(("length", new TokenUsage(10, 2, 12)));
    }

    [Test]
    public async Task A_session_is_continued()
    {
        var session = _service.Database.Add(A.Session().Answered(1));
        _service.Models.Enqueue(Reply.Answer("Two."));

        using var follower = await _service.Sender.Send(Chats.Stored("Two?", session.Id));
        await follower.ReadAsync().Soon();

        follower.Generation.Identity.SessionId.ShouldBe(session.Id);
        _service.Models.Requests[0].Messages.Select(message => message.Content).ShouldBe(["Q1", "A1", "Two?"]);
        _service.Database.Sessions.ShouldHaveSingleItem().MessageCount.ShouldBe(4);
    }

    [Test]
    public async Task The_text_of_an_interrupted_run_is_discarded()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.BreakOff("Half"), Reply.Answer("Whole"));

        var written = await _service.Sender.CompleteAsync(Chats.Stored()).Soon();

        written.Start.ShouldBe(new GenerationStart(2, "google-ai", ScriptedModels.Model));
        written.Text.ShouldBe("Whole");
    }

    [Test]
    public async Task A_completion_without_an_answer_fails_with_the_error_of_the_answer()
    {
        _service.Models.Enqueue(Reply.Status(500));

        var written = await _service.Sender.CompleteAsync(Chats.Stored()).Soon();

        written.End!.Error.ShouldBe(new AnswerError("provider_failed", "Every provider failed."));
        _service.Database.Sessions.Single().Messages.Last().Status.ShouldBe(MessageStatus.Failed);
    }

    [Test]
    public async Task A_completion_that_is_cancelled_before_its_start_has_only_its_end()
    {
        var completing = _service.Sender.CompleteAsync(Chats.Stored());
        await _service.Models.WaitForRequestsAsync(1);

        await _service.Sender.Send(new CancelAnswer(_service.Database.Sessions.Single().Messages.Last().Id));

        (await completing.Soon()).Lines.ShouldBe(["1.0.end Cancelled"]);
    }

    [Test]
    public async Task An_unknown_model_is_rejected_and_nothing_is_stored()
    {
        await Should.ThrowAsync<ModelNotFoundException>(
            _service.Sender.CompleteAsync(Chats.Stored() with { Model = "nobody" })
        );

        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task With_a_key_the_question_is_asked_once_and_the_answer_is_repeated()
    {
        _service.Models.Enqueue(Reply.Answer("Once."));

        using var first = await _service.WithKey("key").Send(Chats.Stored());
        var written = await first.ReadAsync().Soon();
        using var again = await _service.WithKey("key").Send(Chats.Stored());

        again.Generation.Identity.ShouldBe(first.Generation.Identity);
        (await again.ReadAsync().Soon()).Text.ShouldBe(written.Text);
        _service.Models.Requests.Count.ShouldBe(1);
        _service.Database.Sessions.ShouldHaveSingleItem();
    }

    [Test]
    public async Task An_answer_without_a_finish_reason_returns_none()
    {
        // As earlier versions stored it.
        var session = _service.Database.Add(A.Session().Answered(1));
        session.Messages.Last().FinishReason.ShouldBeNull();
        _service.Database.Add(Keys.Question(session.Messages.Last().Id));

        var written = await _service.WithKey("key").CompleteAsync(Chats.Stored()).Soon();

        written.End!.FinishReason.ShouldBeNull();
        written.Text.ShouldBe("A1");
    }
}
