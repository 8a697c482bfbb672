using System.Net;
using System.Text.Json;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.OpenAi;

public sealed class ChatCompletionTests : OpenAiTest
{
    [Test]
    public async Task A_conversation_is_answered_whole()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("Tok", "yo 🗼"));

        var completion = await CompleteAsync(qrai, Request());

        completion
            .EnumerateObject()
            .Select(member => member.Name)
            .ShouldBe(["id", "object", "created", "model", "choices", "usage"]);
        completion.GetProperty("id").GetString().ShouldStartWith("chatcmpl-");
        completion.GetProperty("object").GetString().ShouldBe("chat.completion");
        completion.GetProperty("created").GetInt64().ShouldBeGreaterThan(1_700_000_000);
        completion.GetProperty("model").GetString().ShouldBe("openrouter/test/model");
        var choice = completion.GetProperty("choices").EnumerateArray().Single();
        choice.GetProperty("index").GetInt32().ShouldBe(0);
        choice.GetProperty("finish_reason").GetString().ShouldBe("stop");
        choice.GetProperty("message").GetProperty("role").GetString().ShouldBe("assistant");
        choice.GetProperty("message").GetProperty("content").GetString().ShouldBe("Tokyo 🗼");
        completion
            .GetProperty("usage")
            .GetRawText()
            .ShouldBe("""{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}""");
    }

    [Test]
    public async Task Nothing_of_it_is_kept()
    {
        await using var qrai = await StartAsync();

        await CompleteAsync(qrai, Request());

        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task A_stream_has_a_chunk_for_each_token_and_ends_with_done()
    {
        await using var qrai = await StartAsync();
        var reply = Reply.Gated() with { FinishReason = "length" };
        Provider.Enqueue(reply);
        reply.Send("Tok");

        await using var stream = await StreamAsync(qrai, Request());
        var events = new List<ServerSentEvent>();
        while (events.Count < 2)
            events.Add((await stream.ReadAsync())!);
        reply.Finish("yo");
        events.AddRange(await stream.ReadToEndAsync());

        events[^1].Text.ShouldBe("[DONE]");
        var chunks = events.SkipLast(1).Select(each => each.Data).ToList();
        chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct().Count().ShouldBe(1);
        chunks.ShouldAllBe(chunk => chunk.GetProperty("object").GetString() == "chat.completion.chunk");
        chunks.ShouldAllBe(chunk => chunk.GetProperty("model").GetString() == "openrouter/test/model");
        chunks
            .Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").GetRawText())
            .ShouldBe(["""{"role":"assistant","content":""}""", """{"content":"Tok"}""", """{"content":"yo"}""", "{}"]);
        chunks
            .Select(chunk => chunk.GetProperty("choices")[0].GetProperty("finish_reason").GetString())
            .ShouldBe([null, null, null, "length"]);
        chunks.SelectMany(chunk => chunk.EnumerateObject()).ShouldAllBe(member => member.Name != "usage");
    }

    [Test]
    public async Task A_stream_says_what_it_cost_where_that_is_asked_for()
    {
        await using var qrai = await StartAsync();
        var request = Request();
        request["stream_options"] = new { include_usage = true };

        await using var stream = await StreamAsync(qrai, request);
        var chunks = (await stream.ReadToEndAsync()).SkipLast(1).Select(each => each.Data).ToList();

        chunks.SkipLast(1).ShouldAllBe(chunk => chunk.GetProperty("usage").ValueKind == JsonValueKind.Null);
        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32().ShouldBe(13);
    }

    [Test]
    public async Task A_token_goes_out_before_the_next_one_comes()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("First");

        await using var stream = await StreamAsync(qrai, Request());
        (await stream.ReadAsync()).ShouldNotBeNull();
        (await stream.ReadAsync()).ShouldNotBeNull().Text.ShouldContain("First");
        gate.Finish();

        (await stream.ReadToEndAsync())[^1].Text.ShouldBe("[DONE]");
    }

    [Test]
    public async Task Who_leaves_stops_the_provider()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("First");

        await using (var stream = await StreamAsync(qrai, Request()))
            (await stream.ReadAsync()).ShouldNotBeNull();

        await (await gate.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
    }

    [Test]
    public async Task The_conversation_goes_to_the_provider_as_it_came()
    {
        await using var qrai = await StartAsync();

        await CompleteAsync(
            qrai,
            new
            {
                model = "openrouter/vendor/large",
                messages = new object[]
                {
                    new { role = "developer", content = "Be brief." },
                    new
                    {
                        role = "user",
                        name = "花子",
                        content = "東京の天気は？",
                    },
                    new
                    {
                        role = "assistant",
                        content = (string?)null,
                        tool_calls = new[]
                        {
                            new
                            {
                                id = "call_1",
                                type = "function",
                                function = new { name = "weather", arguments = "{\"city\": \"Tokyo\"}" },
                            },
                        },
                    },
                    new
                    {
                        role = "tool",
                        tool_call_id = "call_1",
                        content = "晴れ",
                    },
                    new
                    {
                        role = "user",
                        content = new[] { new { type = "text", text = "And " }, new { type = "text", text = "now?" } },
                    },
                },
            }
        );

        var sent = Provider.Requests.Single();
        sent.Model.ShouldBe("vendor/large");
        sent.Body.GetProperty("messages")
            .EnumerateArray()
            .Select(message => JsonSerializer.Serialize(message, Unescaped))
            .ShouldBe([
                """{"role":"system","content":"Be brief."}""",
                """{"role":"user","name":"花子","content":"東京の天気は？"}""",
                """{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Tokyo\"}"}}]}""",
                """{"role":"tool","tool_call_id":"call_1","content":"晴れ"}""",
                """{"role":"user","content":[{"type":"text","text":"And "},{"type":"text","text":"now?"}]}""",
            ]);
    }

    [Test]
    public async Task What_is_asked_of_the_model_goes_to_the_provider_and_what_nobody_knows_does_not()
    {
        await using var qrai = await StartAsync();
        var request = Request();
        request["temperature"] = 0.7;
        request["top_p"] = 0.5;
        request["max_tokens"] = 100;
        request["max_completion_tokens"] = 200;
        request["stop"] = "\n";
        request["seed"] = 42;
        request["frequency_penalty"] = -1;
        request["presence_penalty"] = 1.5;
        request["user"] = "u-1";
        request["response_format"] = new { type = "json_object" };
        request["tool_choice"] = "auto";
        request["parallel_tool_calls"] = false;
        request["reasoning_effort"] = "low";
        request["n"] = 1;
        request["nobody_knows"] = new { this_member = true };

        await CompleteAsync(qrai, request);

        var sent = Provider.Requests.Single().Body;
        sent.EnumerateObject()
            .Where(member => member.Name is not ("messages" or "model" or "stream" or "stream_options"))
            .ToDictionary(member => member.Name, member => member.Value.GetRawText())
            .ShouldBe(
                new Dictionary<string, string>
                {
                    ["temperature"] = "0.7",
                    ["top_p"] = "0.5",
                    ["max_tokens"] = "100",
                    ["max_completion_tokens"] = "200",
                    ["stop"] = "[\"\\n\"]",
                    ["seed"] = "42",
                    ["frequency_penalty"] = "-1",
                    ["presence_penalty"] = "1.5",
                    ["user"] = "\"u-1\"",
                    ["response_format"] = "{\"type\":\"json_object\"}",
                    ["tool_choice"] = "\"auto\"",
                    ["parallel_tool_calls"] = "false",
                    ["reasoning_effort"] = "\"low\"",
                },
                ignoreOrder: true
            );
    }

    [Test]
    public async Task Tools_go_through_and_their_calls_come_back([Values] bool streamed)
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(
            Reply.Stream(
                ToolCalls(
                    """{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}"""
                ),
                ToolCalls("""{"index":0,"function":{"arguments":"{\"city\":"}}"""),
                ToolCalls("""{"index":0,"function":{"arguments":"\"東京\"}"}}"""),
                ToolCalls(
                    """{"index":1,"id":"call_b","type":"function","function":{"name":"time","arguments":"{}"}}"""
                ),
                Part.FinishWith("tool_calls"),
                Part.Done
            )
        );
        var tools = JsonElement.Parse(
            """[{"type":"function","function":{"name":"weather","strict":true,"parameters":{"type":"object"}}}]"""
        );
        var request = Request();
        request["tools"] = tools;

        List<(string Id, string Name, string Arguments)> calls;
        string? reason;
        if (streamed)
        {
            await using var stream = await StreamAsync(qrai, request);
            var choices = (await stream.ReadToEndAsync())
                .SkipLast(1)
                .Select(each => each.Data.GetProperty("choices")[0])
                .ToList();
            reason = choices[^1].GetProperty("finish_reason").GetString();
            calls =
            [
                .. choices
                    .Select(choice => choice.GetProperty("delta"))
                    .Where(delta => delta.TryGetProperty("tool_calls", out _))
                    .SelectMany(delta => delta.GetProperty("tool_calls").EnumerateArray())
                    .GroupBy(call => call.GetProperty("index").GetInt32())
                    .Select(pieces =>
                        (
                            pieces.First().GetProperty("id").GetString()!,
                            pieces.First().GetProperty("function").GetProperty("name").GetString()!,
                            string.Concat(
                                pieces.Select(piece =>
                                    piece.GetProperty("function").GetProperty("arguments").GetString()
                                )
                            )
                        )
                    ),
            ];
        }
        else
        {
            var choice = (await CompleteAsync(qrai, request)).GetProperty("choices")[0];
            reason = choice.GetProperty("finish_reason").GetString();
            choice.GetProperty("message").GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
            calls =
            [
                .. choice
                    .GetProperty("message")
                    .GetProperty("tool_calls")
                    .EnumerateArray()
                    .Select(call =>
                        (
                            call.GetProperty("id").GetString()!,
                            call.GetProperty("function").GetProperty("name").GetString()!,
                            call.GetProperty("function").GetProperty("arguments").GetString()!
                        )
                    ),
            ];
        }

        reason.ShouldBe("tool_calls");
        calls.ShouldBe([("call_a", "weather", "{\"city\":\"東京\"}"), ("call_b", "time", "{}")]);
        JsonElement.DeepEquals(Provider.Requests.Single().Body.GetProperty("tools"), tools).ShouldBeTrue();
    }

    [Test]
    public async Task Before_the_first_token_the_next_provider_answers([Values] bool streamed)
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        Provider.Default = Reply.Status(503);
        second.Enqueue(Reply.Answer("From the second"));

        if (streamed)
        {
            await using var stream = await StreamAsync(qrai, Request());
            var events = await stream.ReadToEndAsync();
            events[^1].Text.ShouldBe("[DONE]");
            events[0].Data.GetProperty("model").GetString().ShouldBe("google-ai/second-model");
        }
        else
        {
            var completion = await CompleteAsync(qrai, Request());
            completion.GetProperty("model").GetString().ShouldBe("google-ai/second-model");
        }

        second.Requests.Single().Model.ShouldBe("second-model");
    }

    [Test]
    public async Task The_named_provider_is_asked_first_and_the_others_after_it()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        second.Default = Reply.Status(503);

        var completion = await CompleteAsync(qrai, Request("google-ai/special"));

        second.Requests.Single().Model.ShouldBe("special");
        Provider.Requests.Single().Model.ShouldBe("test/model");
        completion.GetProperty("model").GetString().ShouldBe("openrouter/test/model");
    }

    [Test]
    public async Task After_the_first_token_a_break_is_an_error_in_the_stream_and_no_done_follows()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        var gate = Provider.Gate();
        gate.Send("Half an ");

        await using var stream = await StreamAsync(qrai, Request());
        var events = new List<ServerSentEvent>();
        // Text that breaks off before it was sent to the caller is replaced in silence, so it has to arrive first.
        do events.Add((await stream.ReadAsync())!);
        while (!events[^1].Text.Contains("Half an "));
        gate.Break();
        events.AddRange(await stream.ReadToEndAsync());

        events.Select(each => each.Text).ShouldNotContain("[DONE]");
        var error = events[^1].Data.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("provider_failed");
        error.GetProperty("type").GetString().ShouldBe("server_error");
        events[^2].Text.ShouldContain("Half an ");
    }

    [Test]
    public async Task A_break_is_not_seen_by_who_waits_for_the_whole()
    {
        await using var second = await ScriptedProvider.StartAsync();
        await using var qrai = await StartAsync(WithSecond(second));
        Provider.Enqueue(Reply.BreakOff("Half an "));
        second.Enqueue(Reply.Answer("A whole answer"));

        var completion = await CompleteAsync(qrai, Request());

        completion
            .GetProperty("choices")[0]
            .GetProperty("message")
            .GetProperty("content")
            .GetString()
            .ShouldBe("A whole answer");
    }

    [TestCase("openrouter", HttpStatusCode.BadGateway, "provider_failed")]
    [TestCase("nobody/model", HttpStatusCode.NotFound, "model_not_found")]
    public async Task What_fails_before_the_first_token_is_an_ordinary_error(
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
    public async Task A_request_that_breaks_a_rule_is_told_which_member(string body, string param)
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
    public async Task A_conversation_may_be_longer_than_a_question_but_not_without_end()
    {
        await using var qrai = await StartAsync();

        await CompleteAsync(qrai, Request(text: new string('a', 900_000)));
        // The service answers without reading it all, which HttpClient may take for a broken connection.
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
    public async Task What_is_not_there_is_told_in_the_same_shape(
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

    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static Part ToolCalls(string call) =>
        Part.Data($$"""{"choices":[{"index":0,"delta":{"tool_calls":[{{call}}]},"finish_reason":null}]}""");
}
