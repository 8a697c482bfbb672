using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

public sealed class ModelTests : OpenAiTest
{
    [Test]
    public async Task The_model_of_each_provider_is_listed_in_the_order_of_failover()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));

        var models = await QrAiClient.ReadAsync<JsonElement>(qrai.GetAsync("/v1/models"));

        models
            .GetRawText()
            .ShouldBe(
                """{"object":"list","data":[{"id":"openrouter/test/model","object":"model","created":0,"owned_by":"openrouter"},{"id":"google-ai/second-model","object":"model","created":0,"owned_by":"google-ai"}]}"""
            );
    }

    [TestCase("openrouter/test/model")]
    [TestCase("openrouter%2Ftest%2Fmodel")]
    [TestCase("openrouter%2ftest/model")]
    public async Task A_model_is_found_by_its_name_with_its_slashes_encoded_or_not(string name)
    {
        await using var qrai = await StartAsync();

        var model = await QrAiClient.ReadAsync<JsonElement>(qrai.GetAsync($"/v1/models/{name}"));

        model.GetProperty("id").GetString().ShouldBe("openrouter/test/model");
    }

    [TestCase("gpt-nobody")]
    [TestCase("openai%2Fgpt-nobody")]
    [TestCase("%2F")]
    public async Task An_unknown_model_is_not_found(string name)
    {
        await using var qrai = await StartAsync();

        var error = await ErrorAsync(qrai.GetAsync($"/v1/models/{name}"));

        (error.Status, error.Code).ShouldBe((HttpStatusCode.NotFound, "model_not_found"));
    }
}
