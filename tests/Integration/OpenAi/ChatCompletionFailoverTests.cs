using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.OpenAi;

/// <summary>The provider that completes a chat, and the effect of a failover on the caller.</summary>
public sealed class ChatCompletionFailoverTests : OpenAiTest
{
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
        // Text that is not sent yet would be replaced without an error, so it has to arrive first.
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
    public async Task A_break_is_not_visible_without_a_stream()
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
}
