using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>Errors in the format of OpenAI's API.</summary>
public sealed class ChatCompletionErrorTests : OpenAiTest
{
    [TestCase("openrouter", HttpStatusCode.BadGateway, "provider_failed")]
    [TestCase("nobody/model", HttpStatusCode.NotFound, "model_not_found")]
    public async Task A_failure_before_the_first_token_is_an_ordinary_error(
        string model,
        HttpStatusCode status,
        string code
    )
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Default = Reply.Status(500);
        var request = Request(model);
        request["stream"] = true;

        var error = await ErrorAsync(qrai.PostAsync("/v1/chat/completions", request));

        (error.Status, error.Code, error.Param).ShouldBe((status, code, null));
    }

    [TestCase("""{"messages":[{"role":"user","content":"a"}]}""", "model")]
    [TestCase("""{"model":"openrouter"}""", "messages")]
    [TestCase("""{"model":"openrouter","messages":[]}""", "messages")]
    [TestCase("""{"model":"openrouter","messages":[null]}""", "messages[0]")]
    [TestCase("""{"model":"openrouter","messages":[{"role":"robot","content":"a"}]}""", "messages[0].role")]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user"}]}""", "messages[0].content")]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"\u0000"}]}""", "messages[0].content[0]")]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"\ud800"}]}""", "messages[0].content")]
    [TestCase(
        """{"model":"openrouter","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""",
        "messages[0].content"
    )]
    [TestCase("""{"model":"openrouter","messages":[{"role":"tool","content":"a"}]}""", "messages[0].tool_call_id")]
    [TestCase(
        """{"model":"openrouter","messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]}""",
        "messages[0].tool_calls[0]"
    )]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"a"}],"n":2}""", "n")]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"a"}],"temperature":3}""", "temperature")]
    [TestCase(
        """{"model":"openrouter","messages":[{"role":"user","content":"a"}],"temperature":"hot"}""",
        "temperature"
    )]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"a"}],"max_tokens":0}""", "max_tokens")]
    [TestCase(
        """{"model":"openrouter","messages":[{"role":"user","content":"a"}],"stop":["a","b","c","d","e"]}""",
        "stop"
    )]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"a"}],"tools":[null]}""", "tools[0]")]
    [TestCase("""{"model":"openrouter","messages":[{"role":"user","content":"a"}],"tools":[{}]}""", "tools[0]")]
    [TestCase(
        """{"model":"openrouter","messages":[{"role":"user","content":"a"}],"stream_options":{}}""",
        "stream_options"
    )]
    [TestCase("{", "body")]
    [TestCase("[]", "body")]
    [TestCase("null", "body")]
    public async Task An_invalid_request_is_an_error_with_the_name_of_the_member(string body, string param)
    {
        await using var qrai = await StartAsync();

        var error = await ErrorAsync(
            qrai.PostAsync(
                "/v1/chat/completions",
                new StringContent(body, System.Text.Encoding.UTF8, "application/json")
            )
        );

        (error.Status, error.Code, error.Param).ShouldBe((HttpStatusCode.BadRequest, "invalid_request", param));
        error.Message.ShouldStartWith(param);
        Provider.Requests.ShouldBeEmpty();
    }

    [Test]
    public async Task A_conversation_can_be_longer_than_a_question_up_to_a_limit()
    {
        await using var qrai = await StartAsync();

        await CompleteAsync(qrai, Request(text: new string('a', 900_000)));
        // The service answers before it reads all, which HttpClient may report as a broken connection.
        var body = JsonSerializer.Serialize(Request(text: new string('a', 1_100_000)));
        var response = await qrai.SendRawAsync(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: qrai\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}"
        );

        response.ShouldStartWith("HTTP/1.1 413 ");
        response.ShouldContain("{\"error\":{");
        response.ShouldContain("\"code\":\"payload_too_large\"");
    }

    [TestCase("GET", "/v1/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [TestCase("POST", "/v1/embeddings", HttpStatusCode.NotFound, "not_found")]
    public async Task Unknown_routes_have_the_same_error_format(
        string method,
        string path,
        HttpStatusCode status,
        string code
    )
    {
        await using var qrai = await StartAsync();

        var error = await ErrorAsync(qrai.SendAsync(new HttpMethod(method), path));

        (error.Status, error.Code).ShouldBe((status, code));
    }
}
