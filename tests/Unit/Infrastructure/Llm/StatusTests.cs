using Microsoft.Extensions.Logging;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The reactions to a status before the stream.</summary>
public sealed class StatusTests
{
    [TestCase(408)]
    [TestCase(429)]
    [TestCase(500)]
    [TestCase(502)]
    [TestCase(503)]
    [TestCase(504)]
    [TestCase(529, Description = "Overloaded, of some providers")]
    public async Task A_provider_that_may_recover_is_retried_after_a_wait(int status)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(status), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            $"ended openrouter http_{status}",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
        conversation.Waits.ShouldHaveSingleItem();
        providers.GoogleAi.Requests.ShouldBeEmpty();
        providers.Log.Lines.ShouldAllBe(line => line.Level < LogLevel.Error);
    }

    [Test]
    public async Task A_provider_that_does_not_recover_is_followed_by_the_next([Values(0, 1, 2, 5)] int retries)
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", $"{retries}"));
        providers.OpenRouter.Enqueue([.. Enumerable.Repeat(Reply.Status(503), retries + 1)]);
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        // The circuit is open at the sixth attempt in a row.
        providers.OpenRouter.Requests.Count.ShouldBe(Math.Min(retries + 1, 5));
        conversation.Attempts.Count.ShouldBe(retries + 2);
        conversation.Lines[^3..].ShouldBe([Providers.GoogleAiStarted, "text Hello", "ended google-ai completed"]);
        conversation.Waits.Count.ShouldBe(retries);
        conversation.Failure.ShouldBeNull();
    }

    [TestCase(401)]
    [TestCase(402)]
    [TestCase(403)]
    [TestCase(404)]
    public async Task A_provider_with_an_account_problem_is_followed_immediately_and_logged_as_an_error(int status)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(status));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            $"ended openrouter http_{status}",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
        conversation.Waits.ShouldBeEmpty();
        providers.OpenRouter.Requests.Count.ShouldBe(1);
        var line = providers.Log.Lines.Where(line => line.Level == LogLevel.Error).ShouldHaveSingleItem();
        line.Message.ShouldContain("openrouter");
        line.Message.ShouldContain($"{status}");
    }

    [TestCase(400)]
    [TestCase(413)]
    [TestCase(422)]
    public async Task A_rejected_question_is_not_sent_to_another_provider(int status)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(status));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([$"ended openrouter http_{status}"]);
        conversation.FailureCode.ShouldBe("provider_failed");
        conversation.Waits.ShouldBeEmpty();
        providers.OpenRouter.Requests.Count.ShouldBe(1);
        providers.GoogleAi.Requests.ShouldBeEmpty();
    }

    [TestCase(301)]
    [TestCase(307)]
    [TestCase(405)]
    [TestCase(418)]
    public async Task An_unexpected_status_is_followed_by_the_next_provider_immediately(int status)
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Status(status));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines[0].ShouldBe($"ended openrouter http_{status}");
        conversation.Failure.ShouldBeNull();
        conversation.Waits.ShouldBeEmpty();
        providers.OpenRouter.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_provider_that_cannot_be_reached_is_retried()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.BreakOff(), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter connection_failed",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
        conversation.Waits.ShouldHaveSingleItem();
    }

    [Test]
    public async Task If_every_provider_fails_the_answer_fails()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "1"));
        providers.OpenRouter.Enqueue(Reply.Status(503), Reply.BreakOff());
        providers.GoogleAi.Enqueue(Reply.Status(429), Reply.Status(401));

        var conversation = await providers.AskAsync();

        conversation.Lines.ShouldBe([
            "ended openrouter http_503",
            "ended openrouter connection_failed",
            "ended google-ai http_429",
            "ended google-ai http_401",
        ]);
        conversation.FailureCode.ShouldBe("provider_failed");
    }

    [Test]
    public async Task Errors_and_the_log_contain_no_secret_and_no_text()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(Reply.Status(401));
        providers.GoogleAi.Enqueue(Reply.BreakOff("Confidential"), Reply.Answer("Confidential"));

        var conversation = await providers.AskAsync();

        conversation.Failure!.ToString().ShouldNotContain("secret");
        var log = string.Join('\n', providers.Log.Lines.Select(line => line.Message + line.Exception));
        log.ShouldNotBeEmpty();
        log.ShouldNotContain("secret");
        log.ShouldNotContain("Confidential");
        log.ShouldNotContain("Why?");
    }
}
