using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using TokenUsage = QrAi.Domain.Sessions.TokenUsage;

namespace QrAi.Tests.Unit.Application.Completions;

public sealed class CompleteChatTests : IDisposable
{
    private readonly Service _service = new();

    [TearDown]
    public void Dispose() => _service.Dispose();

    [Test]
    public async Task It_begins_tells_the_text_as_it_comes_and_ends()
    {
        _service.Models.Enqueue(Reply.Answer("Tok", "yo.") with { FinishReason = "length" });

        var parts = await _service.Sender.CompleteAsync().Soon();

        var started = parts[0].ShouldBeOfType<CompletionPart.Started>();
        (started.Provider, started.Model).ShouldBe(("openrouter", ScriptedModels.Model));
        started.BegunAt.ShouldBe(_service.Clock.GetUtcNow());
        started.CompletionId.Version.ShouldBe(7);
        started.SessionId.ShouldBeNull();
        parts.Skip(1).SkipLast(1).ShouldBe([new CompletionPart.Text("Tok"), new CompletionPart.Text("yo.")]);
        parts.End().ShouldBe(new CompletionPart.Finished("length", new TokenUsage(10, 2, 12)));
    }

    [Test]
    public async Task Nothing_is_kept()
    {
        _service.Models.Enqueue(Reply.Answer("Tokyo."));

        await _service.Sender.CompleteAsync().Soon();

        _service.Database.Sessions.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task What_broke_off_is_void_and_so_is_what_it_cost()
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.BreakOff("Half"), Reply.Stream(Part.Token("Whole"), Part.Finish, Part.Done));

        var parts = await _service.Sender.CompleteAsync().Soon();

        parts.OfType<CompletionPart.Started>().Select(one => one.Provider).ShouldBe(["openrouter", "google-ai"]);
        parts.OfType<CompletionPart.Started>().Select(one => one.CompletionId).Distinct().ShouldHaveSingleItem();
        parts.Text().ShouldBe("Whole");
        parts.End().ShouldBe(new CompletionPart.Finished("stop", null));
    }

    [TestCase("openrouter", "openrouter", ScriptedModels.Model)]
    [TestCase(" google-ai/large ", "google-ai", "large")]
    [TestCase(ScriptedModels.Model, "openrouter", ScriptedModels.Model)]
    public async Task The_named_model_is_asked(string name, string provider, string model)
    {
        _service.Models.Providers = ["openrouter", "google-ai"];
        _service.Models.Enqueue(Reply.Answer("Yes."));

        var parts = await _service.Sender.CompleteAsync(Chats.Of(model: name)).Soon();

        (parts.Beginning().Provider, parts.Beginning().Model).ShouldBe((provider, model));
    }

    [Test]
    public async Task A_model_that_nobody_has_is_refused_and_nobody_is_asked([Values] bool withKey)
    {
        var sender = withKey ? await _service.WithKeyAsync("key") : _service.Sender;

        await Should.ThrowAsync<ModelNotFoundException>(sender.CompleteAsync(Chats.Of(model: "nobody")));

        _service.Models.Requests.ShouldBeEmpty();
        _service.Database.Records.ShouldBeEmpty();
    }

    [Test]
    public async Task While_the_service_stops_nobody_is_asked([Values] bool withKey)
    {
        var sender = withKey ? await _service.WithKeyAsync("key") : _service.Sender;
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

        (await Should.ThrowAsync<GenerationFailedException>(_service.Sender.CompleteAsync().Soon())).Code.ShouldBe(
            "provider_failed"
        );
    }
}
