using Microsoft.Extensions.Logging;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The causes of rejected requests, and how they are logged.</summary>
public sealed class ProviderErrorTests
{
    [TestCase(
        """[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"x","reason":"API_KEY_INVALID"}]}}]""",
        "INVALID_ARGUMENT API_KEY_INVALID: API key not valid. Please pass a valid API key."
    )]
    [TestCase(
        """[{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}]""",
        "FAILED_PRECONDITION: User location is not supported for the API use."
    )]
    [TestCase(
        """{"error":{"message":"openai/gpt-99 is not a valid model ID","code":400},"user_id":"u"}""",
        "openai/gpt-99 is not a valid model ID"
    )]
    [TestCase(
        """{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","code":400}""",
        "NotFoundError: The model `x` does not exist."
    )]
    [TestCase("""{"error":"model 'llama9' not found"}""", "model 'llama9' not found")]
    [TestCase("""{"detail":"Invalid API key"}""", "Invalid API key")]
    [TestCase("""{"error":{"code":"DeploymentNotFound","message":"?"}}""", "DeploymentNotFound: ?")]
    [TestCase("""{"error":{"code":"unsupported_country_region_territory"}}""", "unsupported_country_region_territory")]
    [TestCase(
        """{"error":{"message":"Your account is not active, please check your billing details.","type":"billing_not_active"}}""",
        "billing_not_active: Your account is not active, please check your billing details."
    )]
    public async Task A_400_because_of_the_key_the_account_the_region_or_the_model_needs_the_operator(
        string body,
        string reason
    )
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(400, body));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter http_400",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
        conversation.Waits.ShouldBeEmpty();
        providers
            .Log.Lines.Where(line => line.Level == LogLevel.Error)
            .ShouldHaveSingleItem()
            .Message.ShouldBe($"Provider openrouter failed: http_400 after 0 ms (reported by the provider: {reason})");
    }

    [TestCase(
        """{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"""
    )]
    [TestCase(
        """{"error":{"message":"The input is too long for the model, which does not exist in a larger size.","code":400}}"""
    )]
    [TestCase("""{"error":{"message":"temperature must be at most 1","type":"invalid_request_error","code":400}}""")]
    [TestCase("""[{"error":{"code":400,"message":"Invalid JSON payload","status":"INVALID_ARGUMENT"}}]""")]
    [TestCase("""{"error":{"message":"\ud800 API key"}}""")]
    [TestCase("no JSON at all: API key")]
    [TestCase("[[[[[[[[[[[[[[")]
    [TestCase("")]
    public async Task Any_other_400_is_caused_by_the_question(string body)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(400, body));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe(["ended openrouter http_400"]);
        conversation.FailureCode.ShouldBe("provider_failed");
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task An_error_within_a_stream_is_classified_in_the_same_way()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.ErrorInStream(400, "x is not a valid model ID"));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        (await providers.AskAsync()).Lines[0].ShouldBe("ended openrouter http_400");
        providers.GoogleAi.Requests.ShouldHaveSingleItem();
    }

    [TestCase("Blocked: Why?")]
    [TestCase("Blocked: \"why?\"")]
    public async Task The_log_has_no_text_of_the_question(string message)
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"), ("LLM_PROVIDERS", "openrouter"));
        providers.OpenRouter.Enqueue(
            Reply.Status(
                403,
                $$$"""{"error":{"message":{{{System.Text.Json.JsonSerializer.Serialize(message)}}},"status":"DENIED"}}"""
            )
        );

        await providers.AskAsync();

        var logged = providers.Log.Lines.Single(line => line.Level == LogLevel.Error).Message;
        logged.ShouldBe("Provider openrouter failed: http_403 after 0 ms (reported by the provider: DENIED)");
    }

    [Test]
    public async Task The_log_has_no_key()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"), ("LLM_PROVIDERS", "openrouter"));
        providers.OpenRouter.Enqueue(
            Reply.Status(401, """{"error":{"message":"Incorrect API key provided: sk-or-secret1234. Ask for one."}}""")
        );

        await providers.AskAsync();

        providers
            .Log.Lines.Single(line => line.Level == LogLevel.Error)
            .Message.ShouldEndWith("(reported by the provider: Incorrect API key provided: …. Ask for one.)");
    }

    [Test]
    public async Task A_body_that_does_not_arrive_delays_the_next_provider_by_at_most_two_seconds()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.StatusThenSilence(401));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = providers.Begin();
        await providers.Clock.NextWaitAsync(wait => wait == TimeSpan.FromSeconds(2)).Soon();
        providers.Clock.Advance(TimeSpan.FromSeconds(2));
        await conversation.Finished.Soon();

        conversation.Lines[0].ShouldBe("ended openrouter http_401");
        conversation.Lines[^1].ShouldBe("ended google-ai completed");
    }
}
