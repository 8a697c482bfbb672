using QrAi.Application.Errors;
using QrAi.Application.Questions;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Questions;

public sealed class AskQuestionTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task A_question_and_its_open_answer_are_stored_before_the_model_answers()
    {
        var asked = await AskAsync(" Capital of Japan?\n");

        var session = _service.Database.Sessions.ShouldHaveSingleItem();
        session.Id.ShouldBe(asked.SessionId);
        session.Title.ShouldBe("Capital of Japan?");
        session
            .Messages.Select(message => message.Status)
            .ShouldBe([MessageStatus.Completed, MessageStatus.Generating]);
        session.Messages.Last().Id.ShouldBe(asked.AnswerId());
        session.Messages.Select(message => message.Number).ShouldBe([1, 2]);
        asked.Question.Content.ShouldBe("Capital of Japan?");
        asked.Question.Role.ShouldBe(MessageRole.User);
        asked.Question.Attempts.ShouldBeNull("Only answers have attempts.");
    }

    [Test]
    public async Task A_question_continues_its_session_and_sends_the_last_messages_to_the_model()
    {
        var session = _service.Database.Add(A.Session().Answered(3));
        _service.Models.Enqueue(Reply.Answer("Tokyo."));

        var asked = await AskAsync("And now?", session.Id);
        await _service.FollowAsync(asked.AnswerId()).Soon();

        asked.SessionId.ShouldBe(session.Id);
        _service
            .Models.Requests[0]
            .Messages.Skip(1)
            .Select(message => message.Content)
            .ShouldBe(["Q2", "A2", "Q3", "A3", "And now?"]);
        _service.Database.Sessions.ShouldHaveSingleItem().MessageCount.ShouldBe(8);
    }

    [Test]
    public async Task The_requested_provider_and_model_are_used()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.Answer("Tokyo."));

        var asked = await _service.Sender.Send(new AskQuestion("Why?", null, "google-ai", " big/one "));
        await _service.FollowAsync(asked.AnswerId()).Soon();

        _service.Database.Answer(asked.AnswerId()).Provider.ShouldBe("google-ai");
        _service.Models.Requests.ShouldHaveSingleItem().Model.ShouldBe("big/one");
    }

    [Test]
    public async Task A_question_to_an_unknown_session_is_not_asked()
    {
        var id = Guid.CreateVersion7();

        (await Should.ThrowAsync<NotFoundException>(() => AskAsync("Why?", id))).Message.ShouldBe(
            $"There is no session {id}."
        );
        _service.Running.Count.ShouldBe(0);
    }

    [Test]
    public async Task A_second_question_is_rejected_while_the_first_is_answered()
    {
        var first = await AskAsync("Why?");

        await Should.ThrowAsync<SessionBusyException>(() => AskAsync("And why?", first.SessionId));
        _service.Database.Sessions[0].MessageCount.ShouldBe(2);
        _service.Running.Count.ShouldBe(1);
    }

    [Test]
    public async Task Without_a_provider_nothing_is_stored()
    {
        _service.Models.Providers = [];

        await Should.ThrowAsync<ProviderNotConfiguredException>(() => AskAsync("Why?"));
        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task While_the_service_stops_nothing_is_stored()
    {
        _service.Running.StopAccepting();

        await Should.ThrowAsync<ShuttingDownException>(() => AskAsync("Why?"));
        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task Without_the_database_no_provider_is_called()
    {
        _service.Database.IsDown = true;

        await Should.ThrowAsync<DatabaseUnavailableException>(() => AskAsync("Why?"));
        _service.Running.Count.ShouldBe(0);
        _service.Models.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task The_worker_is_registered_before_its_first_answer()
    {
        await AskAsync("Why?");

        _service.Database.Workers.ShouldBe([_service.Worker.Id]);
    }

    [Test]
    public async Task A_client_that_disconnects_before_the_question_is_stored_asks_nothing()
    {
        using var leaving = new CancellationTokenSource();
        await _service.Worker.RegisterAsync(CancellationToken.None);
        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            _service.Sender.Send(new AskQuestion("Why?", null, null, null), leaving.Token)
        );
        _service.Database.Sessions.ShouldBeEmpty();
    }

    [Test]
    public async Task The_first_message_is_the_system_message()
    {
        _service.Models.Enqueue(Reply.Answer("Tokyo."));
        var asked = await AskAsync("Why?");
        await _service.FollowAsync(asked.AnswerId()).Soon();

        var request = _service.Models.Requests.ShouldHaveSingleItem();
        request.Messages.Select(message => message.Role).ShouldBe(["system", "user"]);
        request.Model.ShouldBe(ScriptedModels.Model);
    }

    private Task<AskedQuestion> AskAsync(string question, Guid? sessionId = null) =>
        _service.AskAsync(question, sessionId);
}
