using Microsoft.Extensions.AI;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The requests to a provider.</summary>
public sealed class ProtocolRequestTests : ProtocolTest
{
    [Test]
    public async Task The_request_conforms_to_the_protocol()
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
                """{"model":"or/model","stream":true,"stream_options":{"include_usage":true},"usage":{"include":true},"messages":[{"role":"user","content":"Why?"}]}"""
            );
    }

    [Test]
    public async Task Only_OpenRouter_is_asked_for_the_cost()
    {
        using var providers = new Providers();
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));
        await providers.AskAsync("google-ai");

        providers.GoogleAi.Requests[0].Body.TryGetProperty("usage", out _).ShouldBeFalse();
    }

    [Test]
    public async Task OpenRouter_receives_the_key_and_the_application()
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
    public async Task Google_AI_receives_only_the_key()
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
        await ReadAsync(script, messages);

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
    public async Task A_lone_surrogate_in_a_message_is_sent_as_a_replacement()
    {
        using var script = new InMemoryProvider();
        script.Enqueue(Reply.Answer("Hello"));

        await ReadAsync(script, [new ChatMessage(ChatRole.User, "a\uD83D")]);

        script.Requests[0].Messages.ShouldHaveSingleItem().Content.ShouldBe("a\uFFFD");
    }
}
