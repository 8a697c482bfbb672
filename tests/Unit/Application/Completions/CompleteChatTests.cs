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
    public async Task A_completion_has_a_start_its_text_and_an_end()
    {
        _service.Models.Enqueue(Reply.Answer("Tok", "yo.") with { FinishReason = "length" });

        using var follower = await _service.Sender.Send(Chats.Of());
        var written = await follower.ReadAsync().Soon();

        var identity = follower.Generation.Identity;
        identity.CreatedAt.ShouldBe(_service.Clock.GetUtcNow());
        identity.Id.Version.ShouldBe(7);
        identity.SessionId.ShouldBeNull();
        written.Start.ShouldBe(new GenerationStart(1, "openrouter", ScriptedModels.Model));
        written.Text.ShouldBe("Tokyo.");
        (written.End!.Status, written.End.FinishReason, written.End.Usage).ShouldBe(
            (MessageStatus.Completed, "length", new TokenUsage(10, 2, 12))
        );
    }

    [Test]
    public async Task A_completion_is_streamed_as_it_arrives()
    {
        var gate = Reply.Gated();
        _service.Models.Enqueue(gate);
        using var follower = await _service.Sender.Send(Chats.Of());
        var written = new WrittenLines();
        var reading = follower.ReadAsync(written);
        gate.Send("Tok");
        await Eventually.Holds(() => written.Lines.Length == 2);
        gate.Finish("yo.");

        await reading.Soon();
        written.Lines.ShouldBe(["started 1 openrouter", "1.3 Tok", "1.6 yo.", "1.6.end Completed"]);
    }

    [Test]
    public async Task Nothing_is_stored()
    {
        _service.Models.Enqueue(Reply.Answer("Tokyo."));

        await _service.Sender.CompleteAsync().Soon();

        _service.Database.Sessions.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
        _service.Database.Workers.ShouldBeEmpty();
    }

    [Test]
    public async Task The_text_and_usage_of_an_interrupted_run_are_discarded()
    {
        var gate = Reply.Gated();
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(gate, Reply.Stream(Part.Token("Whole"), Part.Finish, Part.Done));
        using var follower = await _service.Sender.Send(Chats.Of());
        var written = new WrittenLines();
        var reading = follower.ReadAsync(written);
        gate.Send(Part.Token("Half"), Part.Usage(9, 9));
        await Eventually.Holds(() => written.Text == "Half");
        gate.Break();

        await reading.Soon();
        written.Lines.ShouldContain("restarted 2 google-ai ProviderFailed");
        written.Text.ShouldBe("Whole");
        (written.End!.FinishReason, written.End.Usage).ShouldBe(("stop", null));
    }

    [TestCase("openrouter", "openrouter", ScriptedModels.Model)]
    [TestCase(" google-ai/large ", "google-ai", "large")]
    [TestCase(ScriptedModels.Model, "openrouter", ScriptedModels.Model)]
    public async Task The_named_model_is_asked(string name, string provider, string model)
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.Answer("Yes."));

        var written = await _service.Sender.CompleteAsync(Chats.Of(model: name)).Soon();

        (written.Start!.Provider, written.Start.Model).ShouldBe((provider, model));
    }

    [Test]
    public async Task An_unknown_model_is_rejected_and_no_provider_is_called([Values] bool withKey)
    {
        var sender = withKey ? _service.WithKey("key") : _service.Sender;

        await Should.ThrowAsync<ModelNotFoundException>(sender.CompleteAsync(Chats.Of(model: "nobody")));

        _service.Models.Requests.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task While_the_service_stops_no_provider_is_called([Values] bool withKey)
    {
        var sender = withKey ? _service.WithKey("key") : _service.Sender;
        _service.Running.StopAccepting();

        await Should.ThrowAsync<ShuttingDownException>(sender.CompleteAsync());

        _service.Models.Requests.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task A_client_that_disconnects_cancels_the_request_to_the_provider()
    {
        using var listening = new CancellationTokenSource();
        var completing = _service.Sender.CompleteAsync(cancellationToken: listening.Token);
        var request = (await _service.Models.WaitForRequestsAsync(1))[0];

        await listening.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(completing.Soon());
        await request.Aborted.Soon();
    }

    [Test]
    public async Task A_completion_fails_if_no_provider_answers()
    {
        _service.Models.Enqueue(Reply.Status(500));
        using var follower = await _service.Sender.Send(Chats.Of());

        (await follower.ReadAsync().Soon()).Lines.ShouldBe(["1.0.end Failed"]);

        follower.FailedBeforeStart.ShouldBeTrue();
        follower.Generation.Error.ShouldBe(new AnswerError("provider_failed", "Every provider failed."));
    }
}
