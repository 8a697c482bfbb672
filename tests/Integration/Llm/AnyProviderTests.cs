using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Llm;

/// <summary>Any server with the OpenAI protocol, under a name that the operator chooses.</summary>
public sealed class AnyProviderTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task It_is_asked_with_its_model_and_without_a_key()
    {
        await using var models = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(Settings(models));

        var answer = (await qrai.AskAsync("Who?")).Answer;

        answer.Provider.ShouldBe("my-ollama");
        answer.Model.ShouldBe("llama3.2");
        var request = models.Requests.Single();
        request.Model.ShouldBe("llama3.2");
        request.Headers.Keys.ShouldNotContain("Authorization");
        request.Headers.Keys.ShouldNotContain("X-Title");
        request.Messages[0].Content.ShouldBe("Answer in one word.");
        Provider.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_caller_can_name_it_and_it_is_listed_with_the_providers()
    {
        await using var models = await ScriptedProvider.StartAsync();
        var settings = Settings(models);
        settings["LLM_PROVIDERS"] = "openrouter,my-ollama";
        settings["MY_OLLAMA_API_KEY"] = "a-key";
        await using var qrai = await StartAsync(settings);

        using var asked = await qrai.PostAsync("/api/questions", new { question = "Who?", provider = "my-ollama" });
        ((int)asked.StatusCode).ShouldBe(200);
        models.Requests.Single().Headers["Authorization"].ShouldBe("Bearer a-key");

        using var health = await qrai.GetAsync("/health");
        (await health.Content.ReadAsStringAsync()).ShouldContain("openrouter: ok · my-ollama: ok");
        using var list = await qrai.GetAsync("/v1/models");
        (await list.Content.ReadAsStringAsync()).ShouldContain("\"my-ollama/llama3.2\"");

        var problem = await qrai.PostAsync("/api/questions", new { question = "Who?", provider = "ollama" })
            .ShouldBeProblem(400, "invalid_request");
        problem.Errors!["provider"].ShouldBe(["must be one of openrouter, my-ollama, google-ai, offline"]);
    }

    [Test]
    public async Task It_takes_over_when_the_previous_provider_fails()
    {
        await using var models = await ScriptedProvider.StartAsync();
        var settings = Settings(models);
        settings["LLM_PROVIDERS"] = "openrouter,my-ollama";
        settings["LLM_MAX_RETRIES"] = "0";
        await using var qrai = await StartAsync(settings);
        Provider.Enqueue(Reply.Status(503));

        (await qrai.AskAsync("Who?")).Answer.Outcomes.ShouldBe(["openrouter http_503", "my-ollama completed"]);
    }

    private static Dictionary<string, string> Settings(ScriptedProvider models) =>
        new()
        {
            ["LLM_PROVIDERS"] = "my-ollama",
            ["MY_OLLAMA_BASE_URL"] = models.BaseUrl,
            ["MY_OLLAMA_MODEL"] = "llama3.2",
            ["SYSTEM_PROMPT"] = "Answer in one word.",
        };
}
