using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class LlmOptionsTests
{
    private static readonly (string, string) OpenRouterKey = ("OPENROUTER_API_KEY", "sk-or-0123");
    private static readonly (string, string) GoogleAiKey = ("GOOGLE_AI_API_KEY", "AIza0123456789012345");

    [Test]
    public void Every_provider_with_a_key_is_asked_openrouter_first()
    {
        Read(OpenRouterKey).Llm.Providers.ShouldBe(["openrouter"]);
        Read(GoogleAiKey).Llm.Providers.ShouldBe(["google-ai"]);
        Read(GoogleAiKey, OpenRouterKey).Llm.Providers.ShouldBe(["openrouter", "google-ai"]);
        ReadInProduction(GoogleAiKey, OpenRouterKey).Llm.Providers.ShouldBe(["openrouter", "google-ai"]);
    }

    [Test]
    public void The_order_may_be_set() =>
        Read(OpenRouterKey, GoogleAiKey, ("LLM_PROVIDERS", " google-ai , openrouter,offline"))
            .Llm.Providers.ShouldBe(["google-ai", "openrouter", "offline"]);

    [Test]
    public void A_provider_with_a_key_may_be_left_out() =>
        Read(OpenRouterKey, GoogleAiKey, ("LLM_PROVIDERS", "google-ai")).Llm.Providers.ShouldBe(["google-ai"]);

    [Test]
    public void Offline_may_be_chosen_in_production() =>
        ReadInProduction(("LLM_PROVIDERS", "offline")).Llm.Providers.ShouldBe(["offline"]);

    [TestCase("openrouter,openai", "openai")]
    [TestCase("OpenRouter", "OpenRouter")]
    [TestCase("openrouter,", "")]
    public void An_unknown_provider_is_a_problem(string list, string unknown) =>
        Problems(OpenRouterKey, ("LLM_PROVIDERS", list))
            .ShouldBe([
                "LLM_PROVIDERS: must be a comma-separated list of openrouter, google-ai, offline; "
                    + $"'{unknown}' is unknown",
            ]);

    [Test]
    public void A_provider_is_named_once() =>
        Problems(OpenRouterKey, ("LLM_PROVIDERS", "openrouter,offline,openrouter"))
            .ShouldBe(["LLM_PROVIDERS: must name each provider once"]);

    [Test]
    public void A_provider_that_is_named_needs_its_key() =>
        Problems(("LLM_PROVIDERS", "openrouter,google-ai"))
            .ShouldBe([
                "OPENROUTER_API_KEY: must be set, because LLM_PROVIDERS names openrouter",
                "GOOGLE_AI_API_KEY: must be set, because LLM_PROVIDERS names google-ai",
            ]);

    [TestCase("sk-proj-very-secret")]
    [TestCase("SK-OR-very-secret")]
    [TestCase("very-secret-sk-or-")]
    [TestCase("sk-or-very secret")]
    [TestCase("sk-or-very\nsecret")]
    [TestCase("sk-or-ひみつ")]
    public void A_key_that_is_not_OpenRouters_is_a_problem_that_does_not_show_it(string key)
    {
        Problems(("OPENROUTER_API_KEY", key))
            .ShouldBe(["OPENROUTER_API_KEY: must begin with sk-or- and have no white space"]);
        Problems(("OPENROUTER_API_KEY", key), ("LLM_PROVIDERS", "openrouter"))
            .ShouldBe(["OPENROUTER_API_KEY: must begin with sk-or- and have no white space"]);
    }

    [TestCase("very-secret")]
    [TestCase("very-secret-but-with a space")]
    [TestCase("very-secret-but-with\ta-tab")]
    [TestCase("very-secret-of-19-c")]
    public void A_key_that_is_not_Googles_is_a_problem_that_does_not_show_it(string key) =>
        Problems(("GOOGLE_AI_API_KEY", key))
            .ShouldBe(["GOOGLE_AI_API_KEY: must have at least 20 characters and no white space"]);

    [Test]
    public void Each_provider_has_an_address_and_a_model()
    {
        var llm = Read(OpenRouterKey, GoogleAiKey).Llm;

        llm.OpenRouter!.ApiKey.ShouldBe("sk-or-0123");
        llm.OpenRouter.BaseUrl.ShouldBe(new Uri("https://openrouter.ai/api/v1/"));
        llm.OpenRouter.Model.ShouldNotBeNullOrWhiteSpace();
        llm.GoogleAi!.ApiKey.ShouldBe("AIza0123456789012345");
        llm.GoogleAi.BaseUrl.ShouldBe(new Uri("https://generativelanguage.googleapis.com/v1beta/openai/"));
        llm.GoogleAi.Model.ShouldBe("gemini-2.5-flash");
    }

    [TestCase("https://proxy.test/v1", "https://proxy.test/v1/")]
    [TestCase("https://proxy.test/v1/", "https://proxy.test/v1/")]
    [TestCase("http://proxy.test:8080", "http://proxy.test:8080/")]
    public void The_address_and_the_model_may_be_set(string url, string expected)
    {
        var llm = Read(
            OpenRouterKey,
            GoogleAiKey,
            ("OPENROUTER_BASE_URL", url),
            ("OPENROUTER_MODEL", "some/model"),
            ("GOOGLE_AI_BASE_URL", url),
            ("GOOGLE_AI_MODEL", "gemini-x")
        ).Llm;

        llm.OpenRouter!.BaseUrl.ShouldBe(new Uri(expected));
        llm.OpenRouter.Model.ShouldBe("some/model");
        llm.GoogleAi!.BaseUrl.ShouldBe(new Uri(expected));
        llm.GoogleAi.Model.ShouldBe("gemini-x");
    }

    [TestCase("proxy.test/v1")]
    [TestCase("/v1")]
    [TestCase("ftp://proxy.test")]
    [TestCase("http://")]
    public void An_address_that_is_none_is_a_problem_even_without_a_key(string url) =>
        Problems(("OPENROUTER_BASE_URL", url), ("GOOGLE_AI_BASE_URL", url))
            .ShouldBe([
                "OPENROUTER_BASE_URL: must be an absolute http or https address",
                "GOOGLE_AI_BASE_URL: must be an absolute http or https address",
            ]);

    [TestCase("https://proxy.test/v1?key=1")]
    [TestCase("https://proxy.test/v1#here")]
    public void An_address_that_no_path_can_be_added_to_is_a_problem(string url) =>
        Problems(("OPENROUTER_BASE_URL", url))
            .ShouldBe(["OPENROUTER_BASE_URL: must be an address that a path can be added to"]);

    [TestCase("http://localhost:9000/")]
    [TestCase("http://127.0.0.1:9000/")]
    [TestCase("http://[::1]:9000/")]
    public void In_production_a_provider_on_this_machine_needs_no_encryption(string url) =>
        ReadInProduction(OpenRouterKey, ("OPENROUTER_BASE_URL", url)).Llm.OpenRouter!.BaseUrl.ShouldBe(new Uri(url));

    [TestCase("http://proxy.test/v1")]
    [TestCase("http://localhost.proxy.test/v1")]
    [TestCase("http://10.0.0.1/v1")]
    public void In_production_any_other_provider_needs_encryption(string url) =>
        Problems(
                ("ENVIRONMENT", "production"),
                ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"),
                ("OPENROUTER_BASE_URL", url)
            )
            .ShouldBe(["OPENROUTER_BASE_URL: must be an https address in production, or http to this machine only"]);

    [Test]
    public void Settings_that_are_written_somewhere_show_no_key()
    {
        var written = Read(OpenRouterKey, GoogleAiKey, ("DATABASE_URL", "postgresql://me:hidden@db/qrai")).ToString();

        written.ShouldNotContain("sk-or-0123");
        written.ShouldNotContain("AIza");
        written.ShouldNotContain("hidden");
    }
}
