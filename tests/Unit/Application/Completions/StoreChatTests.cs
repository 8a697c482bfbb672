using QrAi.Application.Answers;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
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

        var parts = await _service.Sender.CompleteAsync(Chats.Kept(" Capital?\n")).Soon();

        var session = _service.Database.Sessions.ShouldHaveSingleItem();
        session.Messages.Select(message => message.Content).ShouldBe(["Capital?", "Tokyo."]);
        var answer = session.Messages.Last();
        answer.FinishReason.ShouldBe("length");
        parts[0]
            .ShouldBe(
                new CompletionPart.Started("openrouter", ScriptedModels.Model)
                {
                    CompletionId = answer.Id,
                    BegunAt = answer.CreatedAt,
                    SessionId = session.Id,
                }
            );
        parts.OfType<CompletionPart.Text>().Select(text => text.Value).ShouldBe(["Tok", "yo."]);
        parts.End().ShouldBe(new CompletionPart.Finished("length", new TokenUsage(10, 2, 12)));
    }

    [Test]
    public async Task A_session_goes_on()
    {
        var session = _service.Database.Add(A.Session().Answered(1));
        _service.Models.Enqueue(Reply.Answer("Two."));

        var parts = await _service.Sender.CompleteAsync(Chats.Kept("Two?", session.Id)).Soon();

        parts.Beginning().SessionId.ShouldBe(session.Id);
        _service.Models.Requests[0].Messages.Select(message => message.Content).ShouldBe(["Q1", "A1", "Two?"]);
        _service.Database.Sessions.ShouldHaveSingleItem().MessageCount.ShouldBe(4);
    }

    [Test]
    public async Task What_broke_off_is_void()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.BreakOff("Half"), Reply.Answer("Whole"));

        var parts = await _service.Sender.CompleteAsync(Chats.Kept()).Soon();

        parts.OfType<CompletionPart.Started>().Select(one => one.Provider).ShouldBe(["openrouter", "google-ai"]);
        parts.Text().ShouldBe("Whole");
    }

    [Test]
    public async Task What_nobody_answers_fails_with_the_answers_error()
    {
        _service.Models.Enqueue(Reply.Status(500));

        var failure = await Should.ThrowAsync<GenerationFailedException>(
            _service.Sender.CompleteAsync(Chats.Kept()).Soon()
        );

        (failure.Code, failure.Message).ShouldBe(("provider_failed", "Every provider failed."));
        _service.Database.Sessions.Single().Messages.Last().Status.ShouldBe(MessageStatus.Failed);
    }

    [Test]
    public async Task One_that_is_cancelled_before_anybody_has_begun_is_empty_and_of_whom_was_asked_for(
        [Values("openrouter", "google-ai", "google-ai/large")] string model
    )
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        var completing = _service.Sender.CompleteAsync(Chats.Kept() with { Model = model });
        await _service.Models.WaitForRequestsAsync(1);

        await _service.Sender.Send(new CancelAnswer(_service.Database.Sessions.Single().OpenAnswerId!.Value));

        var parts = await completing.Soon();
        var name = new ConfiguredModel(parts.Beginning().Provider, parts.Beginning().Model).Name;
        name.ShouldBe(model.Contains('/', StringComparison.Ordinal) ? model : $"{model}/{ScriptedModels.Model}");
        parts.Text().ShouldBeEmpty();
        parts.End().ShouldBe(new CompletionPart.Finished("stop", null));
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

        var first = await (await _service.WithKeyAsync("key")).CompleteAsync(Chats.Kept()).Soon();
        var again = await (await _service.WithKeyAsync("key")).CompleteAsync(Chats.Kept()).Soon();

        again.ShouldBe(first);
        _service.Models.Requests.Count.ShouldBe(1);
        _service.Database.Sessions.ShouldHaveSingleItem();
    }

    [Test]
    public async Task Of_an_answer_that_does_not_say_why_it_ended_it_is_told_that_it_stopped()
    {
        // As programs kept it that knew no reasons.
        var session = _service.Database.Add(A.Session().Answered(1));
        session.Messages.Last().FinishReason.ShouldBeNull();
        _service.Database.Add(RecordOf(session));

        var parts = await (await _service.WithKeyAsync("key")).CompleteAsync(Chats.Kept()).Soon();

        parts.End().Reason.ShouldBe("stop");
        parts.Text().ShouldBe("A1");
    }

    private static QrAi.Domain.Idempotency.IdempotencyRecord RecordOf(Session session) =>
        Keys.Record(answerId: session.Messages.Last().Id);
}
