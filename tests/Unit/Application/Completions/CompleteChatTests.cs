using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Generations;
using TokenUsage = QrAi.Domain.Sessions.TokenUsage;

namespace QrAi.Tests.Unit.Application.Completions;

public sealed class CompleteChatTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task It_begins_tells_the_text_and_ends()
    {
        _service.Models.Enqueue(Reply.Answer("Tok", "yo.") with { FinishReason = "length" });

        using var follower = await _service.Sender.Send(Chats.Of());
        var told = await follower.ReadAsync().Soon();

        var identity = follower.Generation.Identity;
        identity.CreatedAt.ShouldBe(_service.Clock.GetUtcNow());
        identity.Id.Version.ShouldBe(7);
        identity.SessionId.ShouldBeNull();
        told.Start.ShouldBe(new GenerationStart(1, "openrouter", ScriptedModels.Model));
        told.Text.ShouldBe("Tokyo.");
        (told.End!.Status, told.End.FinishReason, told.End.Usage).ShouldBe(
            (MessageStatus.Completed, "length", new TokenUsage(10, 2, 12))
        );
    }

    [Test]
    public async Task It_is_told_as_it_comes()
    {
        var gate = Reply.Gated();
        _service.Models.Enqueue(gate);
        using var follower = await _service.Sender.Send(Chats.Of());
        var told = new WrittenLines();
        var reading = follower.ReadAsync(told);
        gate.Send("Tok");
        await Eventually.Holds(() => told.Lines.Length == 2);
        gate.Finish("yo.");

        await reading.Soon();
        told.Lines.ShouldBe(["started 1 openrouter", "1.3 Tok", "1.6 yo.", "1.6.end Completed"]);
    }

    [Test]
    public async Task Nothing_is_kept()
    {
        _service.Models.Enqueue(Reply.Answer("Tokyo."));

        await _service.Sender.CompleteAsync().Soon();

        _service.Database.Sessions.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
        _service.Database.Workers.ShouldBeEmpty();
    }

    [Test]
    public async Task What_broke_off_is_void_and_so_is_what_it_cost()
    {
        var gate = Reply.Gated();
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(gate, Reply.Stream(Part.Token("Whole"), Part.Finish, Part.Done));
        using var follower = await _service.Sender.Send(Chats.Of());
        var told = new WrittenLines();
        var reading = follower.ReadAsync(told);
        gate.Send(Part.Token("Half"), Part.Usage(9, 9));
        await Eventually.Holds(() => told.Text == "Half");
        gate.Break();

        await reading.Soon();
        told.Lines.ShouldContain("restarted 2 google-ai ProviderFailed");
        told.Text.ShouldBe("Whole");
        (told.End!.FinishReason, told.End.Usage).ShouldBe(("stop", null));
    }

    [TestCase("openrouter", "openrouter", ScriptedModels.Model)]
    [TestCase(" google-ai/large ", "google-ai", "large")]
    [TestCase(ScriptedModels.Model, "openrouter", ScriptedModels.Model)]
    public async Task The_named_model_is_asked(string name, string provider, string model)
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.Answer("Yes."));

        var told = await _service.Sender.CompleteAsync(Chats.Of(model: name)).Soon();

        (told.Start!.Provider, told.Start.Model).ShouldBe((provider, model));
    }

    [Test]
    public async Task A_model_that_nobody_has_is_refused_and_nobody_is_asked([Values] bool withKey)
    {
        var sender = withKey ? _service.WithKey("key") : _service.Sender;

        await Should.ThrowAsync<ModelNotFoundException>(sender.CompleteAsync(Chats.Of(model: "nobody")));

        _service.Models.Requests.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task While_the_service_stops_nobody_is_asked([Values] bool withKey)
    {
        var sender = withKey ? _service.WithKey("key") : _service.Sender;
        _service.Running.StopAccepting();

        await Should.ThrowAsync<ShuttingDownException>(sender.CompleteAsync());

        _service.Models.Requests.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task Who_stops_listening_stops_the_provider()
    {
        using var listening = new CancellationTokenSource();
        var completing = _service.Sender.CompleteAsync(cancellationToken: listening.Token);
        var request = (await _service.Models.WaitForRequestsAsync(1))[0];

        await listening.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(completing.Soon());
        await request.Aborted.Soon();
    }

    [Test]
    public async Task What_nobody_answers_fails()
    {
        _service.Models.Enqueue(Reply.Status(500));
        using var follower = await _service.Sender.Send(Chats.Of());

        (await follower.ReadAsync().Soon()).Lines.ShouldBe(["1.0.end Failed"]);

        follower.FailedBeforeStart.ShouldBeTrue();
        follower.Generation.Error.ShouldBe(new AnswerError("provider_failed", "Every provider failed."));
    }
}
