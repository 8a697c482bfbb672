using System.Text.Json;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.OpenAi;

public sealed class ChatCompletionTests : OpenAiTest
{
    [Test]
    public async Task A_conversation_is_answered_completely()
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
    public async Task It_is_not_stored()
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
    public async Task A_stream_contains_the_usage_if_requested()
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
    public async Task Each_token_is_sent_immediately()
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
    public async Task A_disconnect_aborts_the_request_to_the_provider()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("First");

        await using (var stream = await StreamAsync(qrai, Request()))
            (await stream.ReadAsync()).ShouldNotBeNull();

        await (await gate.Request).Aborted.WaitAsync(Eventually.DefaultLimit);
    }
}
