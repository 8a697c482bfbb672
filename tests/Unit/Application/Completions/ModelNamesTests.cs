using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Models;

namespace QrAi.Tests.Unit.Application.Completions;

public sealed class ModelNamesTests
{
    private static readonly ConfiguredModel[] Configured =
    [
        new("openrouter", "openai/small"),
        new("google-ai", "gemini"),
        new("offline", "gemini"),
    ];

    [TestCase("openrouter", "openrouter", null)]
    [TestCase("openrouter/openai/large", "openrouter", "openai/large")]
    [TestCase("google-ai/gemini", "google-ai", "gemini")]
    [TestCase("openai/small", "openrouter", null)]
    [TestCase("gemini", "google-ai", null)]
    public void A_name_identifies_a_provider_and_one_of_its_models(string name, string provider, string? model) =>
        ModelNames.Resolve(Configured, name).ShouldBe((provider, model));

    [TestCase("openrouter/")]
    [TestCase("google")]
    [TestCase("google-ais/gemini")]
    [TestCase("openai/large")]
    [TestCase("GEMINI")]
    public void Any_other_name_is_unknown(string name) =>
        Should
            .Throw<ModelNotFoundException>(() => ModelNames.Resolve(Configured, name))
            .Message.ShouldStartWith($"The model {name} does not exist");
}
