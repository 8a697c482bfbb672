using System.Text;
using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>What is sent to a provider, and what is made of what it sends.</summary>
public sealed class ProtocolTests
{
    [Test]
    public async Task The_request_is_what_the_protocol_says()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Answer("Hello"));
        await providers.AskAsync();

        var request = providers.OpenRouter.Requests.ShouldHaveSingleItem();
        request.Url.ShouldBe(new Uri("https://openrouter.test/api/v1/chat/completions"));
        request.Headers["Content-Type"].ShouldBe("application/json");
        request
            .Body.GetRawText()
            .ShouldBe(
                """{"model":"or/model","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Why?"}]}"""
            );
    }

    [Test]
    public async Task OpenRouter_is_told_the_key_and_the_application()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Answer("Hello"));
        await providers.AskAsync();

        var headers = providers.OpenRouter.Requests[0].Headers;
        headers["Authorization"].ShouldBe("Bearer sk-or-secret");
        headers["X-Title"].ShouldBe("QrAi");
        Uri.IsWellFormedUriString(headers["HTTP-Referer"], UriKind.Absolute).ShouldBeTrue();
    }

    [Test]
    public async Task Google_AI_is_told_the_key_only()
    {
        using var providers = new Providers();
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));
        await providers.AskAsync("google-ai");

        var request = providers.GoogleAi.Requests[0];
        request.Url.ShouldBe(new Uri("https://google.test/v1beta/openai/chat/completions"));
        request.Headers["Authorization"].ShouldBe("Bearer google-ai-secret-0123456789");
        request.Headers.Keys.ShouldNotContain("X-Title");
        request.Headers.Keys.ShouldNotContain("HTTP-Referer");
    }

    [Test]
    public async Task Messages_are_sent_in_order_with_their_roles_and_any_text()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Answer("Hello"));
        var messages = new ChatMessage[]
        {
            new(ChatRole.System, "Be \"brief\"."),
            new(ChatRole.User, "日本の首都は？"),
            new(ChatRole.Assistant, "東京\n😀"),
            new(ChatRole.User, "</script>\\"),
        };
        await TellAsync(script, messages);

        script
            .Requests[0]
            .Messages.Select(message => (message.Role, message.Content))
            .ShouldBe([
                ("system", "Be \"brief\"."),
                ("user", "日本の首都は？"),
                ("assistant", "東京\n😀"),
                ("user", "</script>\\"),
            ]);
    }

    [Test]
    public async Task Half_a_character_in_a_message_is_sent_as_a_replacement()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Answer("Hello"));

        await TellAsync(script, [new ChatMessage(ChatRole.User, "a\uD83D")]);

        script.Requests[0].Messages.ShouldHaveSingleItem().Content.ShouldBe("a\uFFFD");
    }

    [Test]
    public async Task Usage_comes_in_a_chunk_without_choices()
    {
        (await TellAsync(Token("Hello"), Finish, Usage(7, 2), Done)).ShouldBe(["text Hello", "usage 7+2=9"]);
    }

    [Test]
    public async Task Usage_may_come_with_the_last_text_and_be_incomplete()
    {
        (
            await TellAsync(
                Data(
                    """{"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7}}"""
                )
            )
        ).ShouldBe(["text Hello", "usage 7+="]);
    }

    [Test]
    public async Task Comments_and_empty_events_are_passed_over() =>
        (
            await TellAsync(
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
            await TellAsync(
                Text("data:{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n"),
                Text("data: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\r\r"),
                Finish
            )
        ).ShouldBe(["text a", "text b"]);

    [Test]
    public async Task Text_may_be_split_anywhere_even_within_a_character()
    {
        var bytes = Encoding.UTF8.GetBytes("data: {\"choices\":[{\"delta\":{\"content\":\"日本😀\"}}]}\n\n");

        (await TellAsync([.. bytes.Select(one => Bytes(new[] { one })), Finish])).ShouldBe(["text 日本😀"]);
    }

    [Test]
    public async Task Text_that_comes_at_once_is_told_at_once() =>
        (
            await TellAsync(
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
    public async Task An_odd_chunk_says_nothing(string chunk) =>
        (await TellAsync(Data(chunk), Token("Hello"), Finish, Done)).ShouldBe(["text Hello"]);

    [TestCase("stop")]
    [TestCase("length")]
    [TestCase("content_filter")]
    [TestCase("something_new")]
    public async Task Any_finish_reason_ends_an_answer(string reason) =>
        (await TellAsync(Token("Hello"), FinishWith(reason), Done)).ShouldBe(["text Hello"]);

    [Test]
    public async Task An_answer_may_be_finished_without_done() =>
        (await TellAsync(Token("Hello"), Finish)).ShouldBe(["text Hello"]);

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
    public async Task Reasoning_gives_no_text() =>
        (
            await TellAsync(
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
    public async Task What_is_not_the_protocol_is_a_stream_that_breaks_off(string data)
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
    public async Task Comments_are_dropped_as_they_come()
    {
        var megabyte = Text(": " + new string('x', 1024 * 1024 - 4) + "\n\n");

        (await TellAsync([.. Enumerable.Repeat(megabyte, 40), Token("Hello"), Finish])).ShouldBe(["text Hello"]);
    }

    [Test]
    public async Task An_answer_that_is_too_long_ends_there_between_two_characters()
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

    [TestCase("429", "http_429", nameof(Reaction.Retry), false)]
    [TestCase("502", "http_502", nameof(Reaction.Retry), false)]
    [TestCase("401", "http_401", nameof(Reaction.NextProvider), true)]
    [TestCase("402", "http_402", nameof(Reaction.NextProvider), true)]
    [TestCase("400", "http_400", nameof(Reaction.GiveUp), false)]
    [TestCase("\"server_error\"", "broken_off", nameof(Reaction.Retry), false)]
    [TestCase("null", "broken_off", nameof(Reaction.Retry), false)]
    [TestCase("1e99", "broken_off", nameof(Reaction.Retry), false)]
    public async Task An_error_within_a_stream_is_like_the_status_in_it(
        string code,
        string outcome,
        string reaction,
        bool needsOperator
    )
    {
        var failure = await FailAsync(Data("{\"error\":{\"code\":" + code + ",\"message\":\"Secret upstream\"}}"));

        failure.Outcome.ShouldBe(outcome);
        failure.Reaction.ToString().ShouldBe(reaction);
        failure.NeedsOperator.ShouldBe(needsOperator);
        failure.Message.ShouldNotContain("Secret");
    }

    [Test]
    public async Task An_error_without_a_code_breaks_off() =>
        (await FailAsync(Data("""{"error":{"message":"?"}}"""))).Outcome.ShouldBe("broken_off");

    [TestCase("error")]
    [TestCase("")]
    public async Task This_finish_reason_is_no_finish(string reason) =>
        (await FailAsync(Token("Hel"), FinishWith(reason), Done)).Outcome.ShouldBe("broken_off");

    [Test]
    public async Task An_error_beside_a_finish_reason_is_an_error() =>
        (
            await FailAsync(
                Token("Hel"),
                Data(
                    """{"error":{"code":502,"message":"Upstream"},"choices":[{"delta":{"content":""},"finish_reason":"error"}]}"""
                )
            )
        ).Outcome.ShouldBe("http_502");

    [Test]
    public async Task What_comes_with_an_error_is_no_first_token()
    {
        using var providers = new Providers();
        const string Failed =
            """{"choices":[{"delta":{"content":"Hel"}}],"usage":{"prompt_tokens":7},"error":{"code":503}}""";
        providers.OpenRouter.Enqueue(Reply.Stream(Data(Failed)), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Told[..2].ShouldBe(["ended openrouter http_503", Providers.OpenRouterStarted]);
    }

    [Test]
    public async Task An_error_within_a_stream_before_the_first_token_is_retried()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.Stream(Comment, Error(503)), Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Told.ShouldBe([
            "ended openrouter http_503",
            Providers.OpenRouterStarted,
            "text Hello",
            "ended openrouter completed",
        ]);
    }

    [Test]
    public async Task An_error_within_a_stream_after_the_first_token_restarts_with_the_next()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.ErrorInStream("server_error", "Upstream", "Hel"));
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        var conversation = await providers.AskAsync();

        conversation.Told.ShouldBe([
            Providers.OpenRouterStarted,
            "text Hel",
            "ended openrouter broken_off",
            Providers.GoogleAiStarted,
            "text Hello",
            "ended google-ai completed",
        ]);
    }

    [Test]
    public async Task Who_wants_the_whole_answer_gets_the_joined_stream()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Answer("Hel", "lo"));
        using var http = Http(script);
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());

        var response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Why?")]);

        response.Text.ShouldBe("Hello");
    }

    [Test]
    public async Task The_response_is_let_go_when_the_follower_leaves()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.HangAfter("Hel"));
        using var http = Http(script);
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());

        await foreach (var _ in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Why?")]))
            break;

        await script.Requests[0].Aborted.Soon();
    }

    private static async Task<string[]> TellAsync(params Part[] parts)
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Stream(parts));
        return await TellAsync(script, [new ChatMessage(ChatRole.User, "Why?")]);
    }

    private static async Task<ProviderException> FailAsync(params Part[] parts) =>
        await Should.ThrowAsync<ProviderException>(() => TellAsync(parts));

    private static async Task<string[]> TellAsync(InMemoryProvider script, ChatMessage[] messages)
    {
        using var http = Http(script);
        using var client = new OpenAiCompatibleChatClient(http, "model", 4 * 1024 * 1024, new TestClock());
        var told = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync(messages))
            told.AddRange(update.Contents.Select(Conversation.Describe));
        return [.. told];
    }

    private static HttpClient Http(InMemoryProvider script) =>
        new(script.Connections, disposeHandler: false) { BaseAddress = new Uri("https://provider.test/v1/") };
}
