using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class EmbeddingOptionsTests
{
    private static readonly (string, string) Model = ("EMBEDDING_MODEL", "embed");

    [Test]
    public void Without_the_settings_there_is_no_provider()
    {
        Read().Embeddings.Provider.ShouldBeNull();
        Read().Embeddings.MaxMemory.ShouldBe(256L * 1024 * 1024);
    }

    [Test]
    public void A_known_provider_needs_its_key_and_no_model_for_answers()
    {
        var embeddings = Read(
            ("EMBEDDING_PROVIDER", "openrouter"),
            Model,
            ("OPENROUTER_API_KEY", "sk-or-0123")
        ).Embeddings;

        embeddings.Model.ShouldBe("embed");
        embeddings.Provider!.ApiKey.ShouldBe("sk-or-0123");
        embeddings.Provider.BaseUrl.ShouldBe(new Uri("https://openrouter.ai/api/v1/"));
        Problems(("EMBEDDING_PROVIDER", "google-ai"), Model)
            .ShouldBe(["GOOGLE_AI_API_KEY: must be set, because EMBEDDING_PROVIDER names google-ai"]);
    }

    [Test]
    public void Any_server_needs_an_address_and_is_no_provider_of_answers()
    {
        var settings = Read(("EMBEDDING_PROVIDER", "tei"), Model, ("TEI_BASE_URL", "http://models.lan/v1"));

        settings.Embeddings.Provider!.BaseUrl.ShouldBe(new Uri("http://models.lan/v1/"));
        settings.Llm.Providers.ShouldNotContain(provider => provider.Name == "tei");
        Problems(("EMBEDDING_PROVIDER", "tei"), Model)
            .ShouldBe(["TEI_BASE_URL: must be set, because EMBEDDING_PROVIDER names tei"]);
    }

    [Test]
    public void Both_settings_or_neither()
    {
        Problems(Model).ShouldBe(["EMBEDDING_PROVIDER: must be set, because EMBEDDING_MODEL is"]);
        Problems(("EMBEDDING_PROVIDER", "openrouter"), ("OPENROUTER_API_KEY", "sk-or-0123"))
            .ShouldBe(["EMBEDDING_MODEL: must be set, because EMBEDDING_PROVIDER is"]);
    }

    [TestCase("offline", "must be a provider with embeddings, which offline is not")]
    [TestCase(
        "My Server",
        "must be a name of lower-case letters, digits and hyphens, such as openrouter or ollama; 'My Server' is none"
    )]
    public void An_invalid_provider_is_a_problem(string name, string problem) =>
        Problems(("EMBEDDING_PROVIDER", name), Model).ShouldBe([$"EMBEDDING_PROVIDER: {problem}"]);

    [Test]
    public void A_name_that_is_too_long_and_a_memory_that_is_too_small_are_problems() =>
        Problems(
                ("EMBEDDING_PROVIDER", "openrouter"),
                ("EMBEDDING_MODEL", new string('m', EmbeddingOptions.MaxModelLength + 1)),
                ("OPENROUTER_API_KEY", "sk-or-0123"),
                ("EMBEDDING_MEMORY_MIB", "0")
            )
            .ShouldBe(
                [
                    "EMBEDDING_MODEL: must have at most 200 characters",
                    "EMBEDDING_MEMORY_MIB: must be a whole number from 1 to 65536, not '0'",
                ],
                ignoreOrder: true
            );

    [Test]
    public void In_production_a_key_is_not_sent_in_clear_text() =>
        Should
            .Throw<InvalidSettingsException>(() =>
                ReadInProduction(
                    ("LLM_PROVIDERS", "offline"),
                    ("EMBEDDING_PROVIDER", "tei"),
                    Model,
                    ("TEI_BASE_URL", "http://models.lan/v1"),
                    ("TEI_API_KEY", "secret")
                )
            )
            .Problems.Select(problem => problem.Name)
            .ShouldBe(["TEI_BASE_URL"]);
}
