using QrAi.Infrastructure.Llm;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Errors that a provider sends within a stream.</summary>
public sealed class ProtocolErrorTests : ProtocolTest
{
    [TestCase("429", "http_429", nameof(Reaction.Retry), false)]
    [TestCase("502", "http_502", nameof(Reaction.Retry), false)]
    [TestCase("401", "http_401", nameof(Reaction.NextProvider), true)]
    [TestCase("402", "http_402", nameof(Reaction.NextProvider), true)]
    [TestCase("400", "http_400", nameof(Reaction.GiveUp), false)]
    [TestCase("\"server_error\"", "broken_off", nameof(Reaction.Retry), false)]
    [TestCase("null", "broken_off", nameof(Reaction.Retry), false)]
    [TestCase("1e99", "broken_off", nameof(Reaction.Retry), false)]
    public async Task An_error_within_a_stream_is_handled_as_its_status(
        string code,
        string outcome,
        string reaction,
        bool needsOperator
    )
    {
        var failure = await FailAsync(Data("{\"error\":{\"code\":" + code + ",\"message\":\"Secret upstream\"}}"));

        failure.Outcome.ShouldBe(outcome);
        failure.Reaction.ToString().ShouldBe(reaction);
        failure.NeedsOperator.ShouldBe(needsOperator);
        failure.Message.ShouldNotContain("Secret");
    }

    [Test]
    public async Task An_error_without_a_code_breaks_off() =>
        (await FailAsync(Data("""{"error":{"message":"?"}}"""))).Outcome.ShouldBe("broken_off");

    [TestCase("error")]
    [TestCase("")]
    public async Task A_finish_reason_of_an_error_breaks_off(string reason) =>
        (await FailAsync(Token("Hel"), FinishWith(reason), Done)).Outcome.ShouldBe("broken_off");

    [Test]
    public async Task An_error_beside_a_finish_reason_is_an_error() =>
        (
            await FailAsync(
                Token("Hel"),
                Data(
                    """{"error":{"code":502,"message":"Upstream"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}"""
                )
            )
        ).Outcome.ShouldBe("http_502");

    [Test]
    public async Task Content_that_arrives_with_an_error_is_not_a_first_token()
    {
        using var providers = new Providers();
        const string Failed =
            """{"choices":[{"delta":{"content":"Hel"}}],"usage":{"prompt_tokens":7},"error":{"code":503}}""";
        providers.OpenRouter.Enqueue(Reply.Stream(Data(Failed)), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines[..2].ShouldBe(["ended openrouter http_503", Providers.OpenRouterStarted]);
    }

    [Test]
    public async Task An_error_within_a_stream_before_the_first_token_is_retried()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(Comment, Error(503)), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter http_503",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
    }

    [Test]
    public async Task An_error_within_a_stream_after_the_first_token_restarts_with_the_next()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.ErrorInStream("server_error", "Upstream", "Hel"));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
    }
}
