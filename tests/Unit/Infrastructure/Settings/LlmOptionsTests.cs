using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class LlmOptionsTests
{
    private static readonly (string, string) OpenRouterKey = ("OPENROUTER_API_KEY", "sk-or-0123");
    private static readonly (string, string) GoogleAiKey = ("GOOGLE_AI_API_KEY", "AIza0123456789012345");

    [Test]
    public void Every_provider_with_a_key_is_used_and_openrouter_is_the_first()
    {
        ProvidersOf(Read(OpenRouterKey)).ShouldBe(["openrouter"]);
        ProvidersOf(Read(GoogleAiKey)).ShouldBe(["google-ai"]);
        ProvidersOf(Read(GoogleAiKey, OpenRouterKey)).ShouldBe(["openrouter", "google-ai"]);
        ProvidersOf(ReadInProduction(GoogleAiKey, OpenRouterKey)).ShouldBe(["openrouter", "google-ai"]);
    }

    [Test]
    public void The_order_may_be_set() =>
        ProvidersOf(Read(OpenRouterKey, GoogleAiKey, ("LLM_PROVIDERS", " google-ai , openrouter,offline")))
            .ShouldBe(["google-ai", "openrouter", "offline"]);

    [Test]
    public void A_provider_with_a_key_may_be_omitted() =>
        ProvidersOf(Read(OpenRouterKey, GoogleAiKey, ("LLM_PROVIDERS", "google-ai"))).ShouldBe(["google-ai"]);

    [Test]
    public void Offline_may_be_chosen_in_production() =>
        ProvidersOf(ReadInProduction(("LLM_PROVIDERS", "offline"))).ShouldBe(["offline"]);

    [TestCase("OpenRouter", "OpenRouter")]
    [TestCase("openrouter,", "")]
    [TestCase("openrouter,my_model", "my_model")]
    [TestCase("openrouter,a--b", "a--b")]
    [TestCase("openrouter,-a", "-a")]
    [TestCase("openrouter,モデル", "モデル")]
    [TestCase("openrouter,embedding", "embedding")]
    public void An_invalid_name_is_a_problem(string list, string name) =>
        Problems(OpenRouterKey, ("LLM_PROVIDERS", list))
            .ShouldBe([
                "LLM_PROVIDERS: must be a comma-separated list of names of lower-case letters, digits and hyphens, such as "
                    + $"openrouter, google-ai, offline, ollama; '{name}' is none",
            ]);

    [Test]
    public void Any_provider_of_the_protocol_may_be_named_and_has_settings_named_after_it()
    {
        var llm = Read(
            OpenRouterKey,
            ("LLM_PROVIDERS", "my-vllm-2,ollama,openrouter"),
            ("OLLAMA_BASE_URL", "http://models.lan:11434/v1"),
            ("OLLAMA_MODEL", "llama3.2"),
            ("MY_VLLM_2_BASE_URL", "https://vllm.test/v1"),
            ("MY_VLLM_2_MODEL", "some/model"),
            ("MY_VLLM_2_API_KEY", "secret")
        ).Llm;

        llm.Providers.Select(one => (one.Name, one.BaseUrl, one.Model, one.ApiKey))
            .Take(2)
            .ShouldBe([
                ("my-vllm-2", new Uri("https://vllm.test/v1/"), "some/model", "secret"),
                ("ollama", new Uri("http://models.lan:11434/v1/"), "llama3.2", null),
            ]);
        llm.Providers[2].Name.ShouldBe("openrouter");
    }

    [Test]
    public void A_provider_without_defaults_needs_its_address_and_its_model() =>
        Problems(("LLM_PROVIDERS", "ollama"))
            .ShouldBe([
                "OLLAMA_BASE_URL: must be set, because LLM_PROVIDERS names ollama",
                "OLLAMA_MODEL: must be set, because LLM_PROVIDERS names ollama",
            ]);

    [Test]
    public void In_production_a_provider_without_a_key_needs_no_encryption_and_one_with_a_key_does()
    {
        (string, string)[] settings =
        [
            ("LLM_PROVIDERS", "ollama"),
            ("OLLAMA_BASE_URL", "http://models.lan:11434/v1"),
            ("OLLAMA_MODEL", "llama3.2"),
        ];

        ReadInProduction(settings).Llm.Providers.Single().BaseUrl.ShouldBe(new Uri("http://models.lan:11434/v1/"));
        Problems([
                ("ENVIRONMENT", "production"),
                ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"),
                .. settings,
                ("OLLAMA_API_KEY", "secret"),
            ])
            .ShouldBe(["OLLAMA_BASE_URL: must be an https address in production, or http to this machine only"]);
    }

    [Test]
    public void A_key_of_any_provider_has_no_white_space() =>
        Problems(
                ("LLM_PROVIDERS", "ollama"),
                ("OLLAMA_BASE_URL", "http://localhost/v1"),
                ("OLLAMA_MODEL", "llama3.2"),
                ("OLLAMA_API_KEY", "very secret")
            )
            .ShouldBe(["OLLAMA_API_KEY: must have no white space"]);

    [Test]
    public void In_production_the_service_does_not_start_without_a_provider_and_verbs_do()
    {
        var reading = SettingsResult.Of([
            Layer("environment", ("ENVIRONMENT", "production"), ("DATABASE_URL", "postgresql://qrai:pw@db/qrai")),
        ]);

        reading.Settings.Llm.Providers.ShouldBeEmpty();
        Should
            .Throw<InvalidSettingsException>(() => reading.ServiceSettings)
            .Problems.Select(problem => problem.ToString())
            .ShouldBe([
                "OPENROUTER_API_KEY: must be set, or GOOGLE_AI_API_KEY, or LLM_PROVIDERS: there is no provider to answer",
            ]);
        Read().Llm.Providers.ShouldHaveSingleItem();
    }

    [Test]
    public void The_operator_may_set_the_system_prompt()
    {
        Read().Llm.SystemPrompt.ShouldContain("language of the question");
        Read(("SYSTEM_PROMPT", "簡潔に答えてください。")).Llm.SystemPrompt.ShouldBe("簡潔に答えてください。");
        Read(("SYSTEM_PROMPT", new string('x', 20_000))).Llm.SystemPrompt.Length.ShouldBe(20_000);
        Problems(("SYSTEM_PROMPT", new string('x', 20_001)))
            .ShouldBe(["SYSTEM_PROMPT: must have at most 20000 characters"]);
    }

    [Test]
    public void An_answer_has_a_maximum_length()
    {
        Read().Llm.MaxAnswerBytes.ShouldBe(4 * 1024 * 1024);
        Read(("LLM_MAX_ANSWER_MIB", "64")).Llm.MaxAnswerBytes.ShouldBe(64 * 1024 * 1024);
        Problems(("LLM_MAX_ANSWER_MIB", "65"))
            .ShouldBe(["LLM_MAX_ANSWER_MIB: must be a whole number from 1 to 64, not '65'"]);
    }

    [Test]
    public void A_provider_is_named_once() =>
        Problems(OpenRouterKey, ("LLM_PROVIDERS", "openrouter,offline,openrouter"))
            .ShouldBe(["LLM_PROVIDERS: must name each provider once"]);

    [Test]
    public void A_named_provider_needs_its_key() =>
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
    public void An_invalid_key_of_OpenRouter_is_a_problem_that_does_not_show_it(string key)
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
    public void An_invalid_key_of_Google_AI_is_a_problem_that_does_not_show_it(string key) =>
        Problems(("GOOGLE_AI_API_KEY", key))
            .ShouldBe(["GOOGLE_AI_API_KEY: must have at least 20 characters and no white space"]);

    [Test]
    public void Each_provider_has_an_address_and_a_model()
    {
        var llm = Read(OpenRouterKey, GoogleAiKey).Llm;

        llm.Providers[0].ApiKey.ShouldBe("sk-or-0123");
        llm.Providers[0].BaseUrl.ShouldBe(new Uri("https://openrouter.ai/api/v1/"));
        llm.Providers[0].Model.ShouldNotBeNullOrWhiteSpace();
        llm.Providers[1].ApiKey.ShouldBe("AIza0123456789012345");
        llm.Providers[1].BaseUrl.ShouldBe(new Uri("https://generativelanguage.googleapis.com/v1beta/openai/"));
        llm.Providers[1].Model.ShouldBe("gemini-2.5-flash");
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

        llm.Providers[0].BaseUrl.ShouldBe(new Uri(expected));
        llm.Providers[0].Model.ShouldBe("some/model");
        llm.Providers[1].BaseUrl.ShouldBe(new Uri(expected));
        llm.Providers[1].Model.ShouldBe("gemini-x");
    }

    [TestCase("proxy.test/v1")]
    [TestCase("/v1")]
    [TestCase("ftp://proxy.test")]
    [TestCase("http://")]
    public void An_invalid_address_is_a_problem_even_without_a_key(string url) =>
        Problems(("OPENROUTER_BASE_URL", url), ("GOOGLE_AI_BASE_URL", url))
            .ShouldBe([
                "OPENROUTER_BASE_URL: must be an absolute http or https address",
                "GOOGLE_AI_BASE_URL: must be an absolute http or https address",
            ]);

    [TestCase("https://proxy.test/v1?key=1")]
    [TestCase("https://proxy.test/v1#here")]
    public void An_address_that_no_path_can_be_added_to_is_a_problem(string url) =>
        Problems(("OPENROUTER_BASE_URL", url))
            .ShouldBe(["OPENROUTER_BASE_URL: must be an address without a query or a fragment"]);

    [TestCase("http://localhost:9000/")]
    [TestCase("http://127.0.0.1:9000/")]
    [TestCase("http://[::1]:9000/")]
    public void In_production_a_provider_on_this_machine_needs_no_encryption(string url) =>
        ReadInProduction(OpenRouterKey, ("OPENROUTER_BASE_URL", url)).Llm.Providers[0].BaseUrl.ShouldBe(new Uri(url));

    [TestCase("http://proxy.test/v1")]
    [TestCase("http://localhost.proxy.test/v1")]
    [TestCase("http://10.0.0.1/v1")]
    public void In_production_any_other_provider_needs_encryption(string url) =>
        Problems(
                ("ENVIRONMENT", "production"),
                ("DATABASE_URL", "postgresql://qrai:pw@db/qrai"),
                OpenRouterKey,
                ("OPENROUTER_BASE_URL", url)
            )
            .ShouldBe(["OPENROUTER_BASE_URL: must be an https address in production, or http to this machine only"]);

    [Test]
    public void The_text_of_the_settings_contains_no_key()
    {
        var text = Read(OpenRouterKey, GoogleAiKey, ("DATABASE_URL", "postgresql://me:hidden@db/qrai")).ToString();

        text.ShouldNotContain("sk-or-0123");
        text.ShouldNotContain("AIza");
        text.ShouldNotContain("hidden");
    }

    private static IEnumerable<string> ProvidersOf(QrAiSettings settings) =>
        settings.Llm.Providers.Select(provider => provider.Name);
}
