using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>The official OpenAI client for .NET, configured only with the URL of QrAi.</summary>
public sealed class DotNetClientTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task It_gets_a_complete_answer()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("To", "kyo"));

        ChatCompletion completion = await Client(qrai).CompleteChatAsync(new UserChatMessage("日本の首都は？"));

        completion.Content.Single().Text.ShouldBe("Tokyo");
        completion.FinishReason.ShouldBe(ChatFinishReason.Stop);
        completion.Model.ShouldBe("openrouter/test/model");
        completion.Usage.TotalTokenCount.ShouldBe(12);
        Provider.Requests.Single().Messages.Single().ShouldBe(new SentMessage("user", "日本の首都は？"));
    }

    [Test]
    public async Task It_gets_an_answer_as_a_stream()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("To", "kyo"));

        var texts = new List<string>();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in Client(qrai).CompleteChatStreamingAsync(new UserChatMessage("Where?")))
        {
            texts.AddRange(update.ContentUpdate.Select(part => part.Text));
            reason = update.FinishReason ?? reason;
            usage = update.Usage ?? usage;
        }

        string.Concat(texts).ShouldBe("Tokyo");
        reason.ShouldBe(ChatFinishReason.Stop);
        usage.ShouldNotBeNull().TotalTokenCount.ShouldBe(12);
    }

    [Test]
    public async Task It_calls_a_tool_and_continues_with_its_result()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(
            Reply.Stream(
                Part.Data(
                    """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Tokyo\"}"}}]},"finish_reason":null}]}"""
                ),
                Part.FinishWith("tool_calls"),
                Part.Done
            ),
            Reply.Answer("Sunny.")
        );
        var tool = ChatTool.CreateFunctionTool(
            "weather",
            "The weather of a city",
            BinaryData.FromString("""{"type":"object"}""")
        );
        List<ChatMessage> messages = [new SystemChatMessage("Use tools."), new UserChatMessage("Weather?")];

        ChatCompletion first = await Client(qrai)
            .CompleteChatAsync(messages, new ChatCompletionOptions { Tools = { tool } });
        var call = first.ToolCalls.Single();
        messages.AddRange([new AssistantChatMessage(first), new ToolChatMessage(call.Id, "sunny")]);
        ChatCompletion second = await Client(qrai)
            .CompleteChatAsync(messages, new ChatCompletionOptions { Tools = { tool } });

        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        (call.Id, call.FunctionName, call.FunctionArguments.ToString()).ShouldBe(
            ("call_a", "weather", "{\"city\":\"Tokyo\"}")
        );
        second.Content.Single().Text.ShouldBe("Sunny.");
        var sent = Provider.Requests[1].Body.GetProperty("messages").EnumerateArray().ToList();
        sent.Select(message => message.GetProperty("role").GetString())
            .ShouldBe(["system", "user", "assistant", "tool"]);
        sent[2].GetProperty("tool_calls")[0].GetProperty("id").GetString().ShouldBe("call_a");
        sent[3].GetProperty("tool_call_id").GetString().ShouldBe("call_a");
    }

    [Test]
    public async Task It_stores_completions_in_one_session()
    {
        await using var qrai = await StartAsync();

        var first = await Client(qrai)
            .CompleteChatAsync(
                [new UserChatMessage("First?")],
                new ChatCompletionOptions { StoredOutputEnabled = true }
            );
        var session = JsonElement
            .Parse(first.GetRawResponse().Content.ToString())
            .GetProperty("metadata")
            .GetProperty("session_id")
            .GetString()!;
        var updates = Client(qrai)
            .CompleteChatStreamingAsync(
                [new UserChatMessage("Second?")],
                new ChatCompletionOptions { StoredOutputEnabled = true, Metadata = { ["session_id"] = session } }
            );
        (await updates.ToListAsync())[^1].Usage.ShouldNotBeNull();

        (await qrai.ListMessagesAsync(Guid.Parse(session)))
            .Items.Where(message => message.Role == "user")
            .Select(message => message.Content)
            .ShouldBe(["First?", "Second?"]);
    }

    [Test]
    public async Task It_understands_an_error()
    {
        await using var qrai = await StartAsync();

        var error = await Should.ThrowAsync<ClientResultException>(() =>
            Client(qrai, "nobody").CompleteChatAsync(new UserChatMessage("Who?"))
        );

        error.Status.ShouldBe(404);
        error.Message.ShouldContain("model_not_found");
    }

    [Test]
    public async Task It_retries_transient_errors()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Enqueue(Reply.Status(503), Reply.Answer("At last"));

        ChatCompletion completion = await Client(qrai, retries: 1).CompleteChatAsync(new UserChatMessage("Who?"));

        completion.Content.Single().Text.ShouldBe("At last");
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task It_lists_the_models()
    {
        await using var qrai = await StartAsync();

        var models = await OpenAI(qrai, 0).GetOpenAIModelClient().GetModelsAsync();

        models.Value.Single().Id.ShouldBe("openrouter/test/model");
    }

    private static ChatClient Client(QrAiHost qrai, string model = "openrouter", int retries = 0) =>
        OpenAI(qrai, retries).GetChatClient(model);

    private static OpenAIClient OpenAI(QrAiHost qrai, int retries) =>
        new(
            new ApiKeyCredential("any"),
            new OpenAIClientOptions
            {
                Endpoint = new Uri(qrai.Address, "/v1"),
                RetryPolicy = new ClientRetryPolicy(retries),
            }
        );
}
