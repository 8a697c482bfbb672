using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Interrupted streams, and the providers that continue.</summary>
public sealed class FailoverTests
{
    [Test]
    public async Task A_complete_answer_names_its_provider()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Answer("Hel", "lo"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hel", "text lo", "ended openrouter completed"]);
        conversation.Failure.ShouldBeNull();
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_regular_end_without_a_finish_reason_before_the_first_token_is_a_broken_connection()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(), Reply.EndWithoutFinishReason(""), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter broken_off",
            "ended openrouter broken_off",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
        conversation.Waits.Count.ShouldBe(2);
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_connection_that_breaks_before_the_first_token_is_retried()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.BreakOff(""), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter broken_off",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
    }

    [TestCase(false, TestName = "A_regular_end_without_a_finish_reason_after_the_first_token_restarts_with_the_next")]
    [TestCase(true, TestName = "A_connection_that_breaks_after_the_first_token_restarts_with_the_next")]
    public async Task A_stream_that_breaks_off_after_the_first_token_restarts_with_the_next(bool isBroken)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(isBroken ? Reply.BreakOff("Hel") : Reply.EndWithoutFinishReason("Hel"));
        providers.GoogleAi.Enqueue(Reply.Answer("Good day"));

        var conversation = await providers.AskAsync();

        // A second start discards the earlier text.
        conversation.Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            Providers.GoogleAiStarted,
            "text Good day",
            "ended google-ai completed",
        ]);
        conversation.Waits.ShouldBeEmpty();
        conversation.Failure.ShouldBeNull();
    }

    [Test]
    public async Task The_text_before_a_break_is_sent_before_it_breaks()
    {
        using var providers = new Providers();
        var gate = providers.OpenRouter.Gate();
        gate.Send("Hel");
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = providers.Begin();
        await conversation.UntilAsync("text Hel");
        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hel"]);
        gate.Break();
        await conversation.Finished.Soon();

        conversation.Lines[^1].ShouldBe("ended google-ai completed");
    }

    [Test]
    public async Task A_break_after_the_finish_reason_is_ignored()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(Token("Hello"), Finish, Break));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hello", "ended openrouter completed"]);
    }

    [Test]
    public async Task A_provider_that_sends_done_and_stays_connected_has_completed()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(Token("Hello"), Finish, Done, Silence));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hello", "ended openrouter completed"]);
    }

    [Test]
    public async Task The_only_provider_is_called_again_when_its_stream_breaks_off()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.BreakOff("Hel"), Reply.EndWithoutFinishReason("He"), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync("openrouter");

        conversation.Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            Providers.OpenRouterStarted,
            "text He",
            "ended openrouter broken_off",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task The_only_provider_is_called_a_limited_number_of_times()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue([.. Enumerable.Repeat(Reply.BreakOff("Hel"), 3)]);

        var conversation = await providers.AskAsync("openrouter");

        providers.OpenRouter.Requests.Count.ShouldBe(3);
        conversation.Attempts.Select(attempt => attempt.Outcome).ShouldAllBe(outcome => outcome == "broken_off");
        conversation.FailureCode.ShouldBe("provider_failed");
    }

    [Test]
    public async Task Without_retries_the_only_provider_is_not_called_again_when_its_stream_breaks_off()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.BreakOff("Hel"));

        var conversation = await providers.AskAsync("openrouter");

        conversation.Lines.ShouldBe([Providers.OpenRouterStarted, "text Hel", "ended openrouter broken_off"]);
        conversation.FailureCode.ShouldBe("provider_failed");
    }

    [Test]
    public async Task A_provider_whose_stream_broke_off_is_called_again_when_the_others_fail()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.BreakOff("Hel"), Reply.Answer("Hello"));
        providers.GoogleAi.Enqueue(Reply.Status(401));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            "ended google-ai http_401",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
    }

    [Test]
    public async Task A_restarted_attempt_is_retried_until_its_own_first_token()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.BreakOff("Hel"));
        providers.GoogleAi.Enqueue(Reply.Status(503), Reply.Stream(), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            "ended google-ai http_503",
            "ended google-ai broken_off",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
        conversation.Waits.Count.ShouldBe(2);
    }

    [Test]
    public async Task Failover_is_logged()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Status(503));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        await providers.AskAsync();

        providers
            .Log.Lines.Where(line => line.Level == LogLevel.Warning)
            .Select(line => line.Message)
            .ShouldBe([
                "Provider openrouter failed: http_503 after 0 ms (reported by the provider: server_error: Scripted failure 503.)",
                "Failover from openrouter to google-ai",
            ]);
    }

    [Test]
    public async Task The_settings_determine_the_order_of_failover()
    {
        using var providers = new Providers(("LLM_PROVIDERS", "google-ai,openrouter"), ("LLM_MAX_RETRIES", "0"));
        providers.GoogleAi.Enqueue(Reply.Status(503));
        providers.OpenRouter.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines[..2].ShouldBe(["ended google-ai http_503", Providers.OpenRouterStarted]);
    }

    [Test]
    public async Task A_named_provider_is_the_only_one_that_is_called()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.GoogleAi.Enqueue(Reply.Status(503));

        var conversation = await providers.AskAsync("google-ai");

        conversation.Lines.ShouldBe(["ended google-ai http_503"]);
        conversation.FailureCode.ShouldBe("provider_failed");
        providers.OpenRouter.Requests.ShouldBeEmpty();
    }

    [Test]
    public void A_provider_that_is_not_configured_cannot_be_used()
    {
        using var one = new Providers(("GOOGLE_AI_API_KEY", ""));

        Should
            .Throw<ProviderNotConfiguredException>(() => one.Configured.ClientFor("google-ai"))
            .Message.ShouldContain("google-ai");
    }

    [Test]
    public async Task A_callers_model_is_sent_only_to_the_first_provider()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.BreakOff("Hel"));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync(model: "big/one");

        providers.OpenRouter.Requests[0].Model.ShouldBe("big/one");
        providers.GoogleAi.Requests[0].Model.ShouldBe("ga/model");
        conversation.Lines.ShouldContain("started openrouter big/one");
        conversation.Lines.ShouldContain(Providers.GoogleAiStarted);
    }

    [Test]
    public async Task A_callers_model_is_sent_to_the_first_provider_again_when_it_is_retried()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "1"));
        providers.OpenRouter.Enqueue(Reply.Status(503), Reply.BreakOff("Hel"), Reply.Answer("Hello"));
        providers.GoogleAi.Enqueue(Reply.Status(401));

        await providers.AskAsync(model: "big/one");

        providers.OpenRouter.Requests.Count.ShouldBe(3);
        providers.OpenRouter.Requests.ShouldAllBe(request => request.Model == "big/one");
    }

    [Test]
    public async Task A_callers_model_is_sent_to_the_provider_that_the_caller_names()
    {
        using var providers = new Providers();
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        await providers.AskAsync("google-ai", "gemini-huge");

        providers.GoogleAi.Requests[0].Model.ShouldBe("gemini-huge");
    }

    [Test]
    public async Task The_offline_provider_states_that_it_is_not_a_language_model()
    {
        using var providers = new Providers(("LLM_PROVIDERS", "offline"));

        var conversation = await providers.AskAsync(model: "big/one");

        conversation.Lines[0].ShouldStartWith("started offline ");
        conversation.Lines[^1].ShouldBe("ended offline completed");
        string.Concat(conversation.Lines).ShouldContain("no language model");
    }

    [Test]
    public async Task The_offline_provider_may_be_the_last_resort()
    {
        using var providers = new Providers(("LLM_PROVIDERS", "openrouter,offline"), ("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Status(503));

        var conversation = await providers.AskAsync();

        conversation.Lines[..2].ShouldBe(["ended openrouter http_503", "started offline none"]);
    }
}
