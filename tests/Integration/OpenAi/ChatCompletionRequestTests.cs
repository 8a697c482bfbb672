using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>The members of a request that are sent to the provider.</summary>
public sealed class ChatCompletionRequestTests : OpenAiTest
{
    [Test]
    public async Task The_conversation_is_sent_to_the_provider_unchanged()
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
    public async Task Known_parameters_are_sent_to_the_provider_and_unknown_ones_are_not()
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
            .Where(member => member.Name is not ("messages" or "model" or "stream" or "stream_options" or "usage"))
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
    public async Task Tools_are_sent_to_the_provider_and_their_calls_are_returned([Values] bool streamed)
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

    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static Part ToolCalls(string call) =>
        Part.Data($$"""{"choices":[{"index":0,"delta":{"tool_calls":[{{call}}]},"finish_reason":null}]}""");
}
