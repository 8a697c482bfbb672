using System.Text;
using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Reading the stream of a provider.</summary>
public sealed class ProtocolTests : ProtocolTest
{
    [Test]
    public async Task Usage_may_be_in_a_chunk_without_choices()
    {
        (await ReadAsync(Token("Hello"), Finish, Usage(7, 2), Done)).ShouldBe(["text Hello", "usage 7+2=9"]);
    }

    [Test]
    public async Task Usage_may_be_in_the_last_chunk_with_text_and_be_incomplete()
    {
        (
            await ReadAsync(
                Data(
                    """{"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7}}"""
                )
            )
        ).ShouldBe(["text Hello", "usage 7+="]);
    }

    [Test]
    public async Task Comments_and_empty_events_are_ignored() =>
        (
            await ReadAsync(
                Comment,
                Text("data:\n\n"),
                Text("event: ping\nid: 3\nretry: 10\n\n"),
                Token("Hello"),
                Text(": still here\n\n"),
                Finish,
                Done
            )
        ).ShouldBe(["text Hello"]);

    [Test]
    public async Task Lines_may_end_in_any_way_and_the_space_after_the_colon_may_be_missing() =>
        (
            await ReadAsync(
                Text("data:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n"),
                Text("data: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\r\r"),
                Finish
            )
        ).ShouldBe(["text a", "text b"]);

    [Test]
    public async Task Text_may_be_split_anywhere_even_within_a_character()
    {
        var bytes = Encoding.UTF8.GetBytes("data: {\"choices\":[{\"delta\":{\"content\":\"日本😀\"}}]}\n\n");

        (await ReadAsync([.. bytes.Select(one => Bytes(new[] { one })), Finish])).ShouldBe(["text 日本😀"]);
    }

    [Test]
    public async Task Text_that_arrives_at_once_is_one_update() =>
        (
            await ReadAsync(
                Text(string.Concat(Enumerable.Repeat("data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n", 3))),
                Finish
            )
        ).ShouldBe(["text xxx"]);

    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("""{"choices":null}""")]
    [TestCase("""{"choices":[]}""")]
    [TestCase("""{"choices":[{}]}""")]
    [TestCase("""{"choices":[null]}""")]
    [TestCase("""{"choices":[{"delta":null}]}""")]
    [TestCase("""{"choices":[{"delta":{}}]}""")]
    [TestCase("""{"choices":[{"delta":{"content":null}}]}""")]
    [TestCase("""{"choices":[{"delta":{"content":""},"finish_reason":null}]}""")]
    [TestCase("""{"choices":[{"delta":{"content":""},"finish_reason":""}]}""")]
    [TestCase("""{"choices":[{"delta":{"content":""},"finish_reason":" "}]}""")]
    [TestCase("""{"choices":[{"delta":{"tool_calls":[]},"index":0,"logprobs":null}],"id":1,"odd":{"deep":[]}}""")]
    [TestCase("""{"choices":[{"delta":{"content":null,"reasoning":""}}],"usage":null,"error":null}""")]
    public async Task An_unusual_chunk_is_ignored(string chunk) =>
        (await ReadAsync(Data(chunk), Token("Hello"), Finish, Done)).ShouldBe(["text Hello"]);

    [TestCase("stop")]
    [TestCase("length")]
    [TestCase("content_filter")]
    [TestCase("something_new")]
    public async Task Any_finish_reason_ends_an_answer(string reason) =>
        (await ReadAsync(Token("Hello"), FinishWith(reason), Done)).ShouldBe(["text Hello"]);

    [Test]
    public async Task An_answer_may_end_without_done() =>
        (await ReadAsync(Token("Hello"), Finish)).ShouldBe(["text Hello"]);

    [Test]
    public async Task An_answer_without_text_and_tool_calls_is_a_failed_attempt()
    {
        foreach (var token in new[] { "", " \n\u3000" })
        {
            var failure = await FailAsync(Token(token), Finish, Done);

            failure.Outcome.ShouldBe("empty");
            failure.Reaction.ShouldBe(Reaction.Retry);
        }
    }

    [Test]
    public async Task Reasoning_is_not_text() =>
        (
            await ReadAsync(
                Data("""{"choices":[{"delta":{"content":"","reasoning":"Hm"}}]}"""),
                Data("""{"choices":[{"delta":{"reasoning_content":"Hm"}}]}"""),
                Data("""{"choices":[{"delta":{"content":"Hello","reasoning":"Ha"}}]}"""),
                Finish
            )
        ).ShouldBe(["reasoning", "reasoning", "text Hello"]);

    [TestCase("{\"choices\":[{\"delta\":{\"content\":")]
    [TestCase("<html>")]
    [TestCase("[1]")]
    [TestCase("\"text\"")]
    [TestCase("""{"choices":{"delta":{}}}""")]
    [TestCase("""{"choices":[{"delta":{"content":[{"type":"text"}]}}]}""")]
    [TestCase("""{"error":"all is lost"}""")]
    public async Task Invalid_data_is_a_stream_that_breaks_off(string data)
    {
        var failure = await FailAsync(Token("Hel"), Data(data));

        failure.Outcome.ShouldBe("broken_off");
        failure.Reaction.ShouldBe(Reaction.Retry);
    }

    [Test]
    public async Task A_page_instead_of_a_stream_is_a_stream_that_breaks_off() =>
        (await FailAsync(Text("<html><body>Welcome to the captive portal</body></html>"))).Outcome.ShouldBe(
            "broken_off"
        );

    [Test]
    public async Task Comments_are_discarded_as_they_arrive()
    {
        var megabyte = Text(": " + new string('x', 1024 * 1024 - 4) + "\n\n");

        (await ReadAsync([.. Enumerable.Repeat(megabyte, 40), Token("Hello"), Finish])).ShouldBe(["text Hello"]);
    }

    [Test]
    public async Task An_answer_that_is_too_long_is_truncated_between_two_characters()
    {
        const int Limit = 4 * 1024 * 1024;
        var text = new string('東', Limit / 3 - 10);

        var updates = await Wire.ReadAsync(Token(text), Token("東😀京😀京都😀でござい"), Token("ます"), Token("more"));

        Wire.TextOf(updates).ShouldBe(text + "東😀京😀京都😀でご");
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.Length);
    }

    [Test]
    public async Task A_line_that_never_ends_breaks_off()
    {
        var megabyte = Bytes(new byte[1024 * 1024]);

        (await FailAsync([Text("data: "), .. Enumerable.Repeat(megabyte, 26)])).Outcome.ShouldBe("broken_off");
    }

    [Test]
    public async Task A_response_without_streaming_is_the_joined_stream()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Answer("Hel", "lo"));
        using var http = Http(script);
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());

        var response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Why?")]);

        response.Text.ShouldBe("Hello");
    }

    [Test]
    public async Task The_response_is_released_when_the_follower_leaves()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.HangAfter("Hel"));
        using var http = Http(script);
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());

        await foreach (var _ in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Why?")]))
            break;

        await script.Requests[0].Aborted.Soon();
    }
}
