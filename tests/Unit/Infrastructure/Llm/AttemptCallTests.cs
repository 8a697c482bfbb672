using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>What the end of an attempt tells for accounting: the model, and whether tokens may have been used.</summary>
public sealed class AttemptCallTests
{
    [TestCaseSource(nameof(Replies))]
    public async Task Only_a_provider_that_was_not_reached_or_refused_used_no_tokens(Reply reply, string ended)
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        providers.OpenRouter.Enqueue(reply);

        (await EndsAsync(providers, "openrouter")).ShouldBe([ended]);
    }

    [Test]
    public async Task A_provider_that_is_skipped_is_not_called()
    {
        using var providers = new Providers(("LLM_MAX_RETRIES", "0"));
        await providers.FailAsync(5);
        providers.GoogleAi.Enqueue(Reply.Answer("Hello"));

        (await EndsAsync(providers)).ShouldBe(["circuit_open or/model Skipped", "completed ga/model Billable"]);
    }

    [Test]
    public async Task A_cancelled_attempt_ends_in_the_stream()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(Reply.HangAfter("Hel"));
        using var stop = new CancellationTokenSource();
        var ends = new List<string>();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in Stream(providers, null, stop.Token))
                if (update.Text == "Hel")
                    await stop.CancelAsync();
                else
                    ends.AddRange(EndsOf(update));
        });

        ends.ShouldBe(["cancelled or/model Billable"]);
    }

    [Test]
    public async Task The_offline_provider_has_no_language_model()
    {
        using var providers = new Providers(("LLM_PROVIDERS", "offline"));

        (await EndsAsync(providers)).ShouldBe(["completed none Free"]);
    }

    [Test]
    public async Task A_fault_of_the_program_ends_the_attempt_too()
    {
        using var providers = new Providers();
        providers.OpenRouter.Enqueue(
            Reply.Stream(Part.Token("Hel"), Part.Throw(new NotSupportedException("A fault.")))
        );

        var ends = new List<string>();
        await Should.ThrowAsync<NotSupportedException>(async () =>
        {
            await foreach (var update in Stream(providers, "openrouter"))
                ends.AddRange(EndsOf(update));
        });

        ends.ShouldBe(["failed or/model Billable"]);
    }

    private static IEnumerable<TestCaseData> Replies()
    {
        yield return Case("answered", Reply.Answer("Hello"), "completed or/model Billable");
        yield return Case("broken off after the first token", Reply.BreakOff("Hel"), "broken_off or/model Billable");
        yield return Case("broken off before it", Reply.BreakOff(""), "broken_off or/model Billable");
        yield return Case(
            "an error after the first token",
            Reply.ErrorInStream(503, "Overloaded.", "Hel"),
            "http_503 or/model Billable"
        );
        yield return Case("an error before it", Reply.ErrorInStream(503, "Overloaded."), "http_503 or/model Free");
        yield return Case("503", Reply.Status(503), "http_503 or/model Free");
        yield return Case("401", Reply.Status(401), "http_401 or/model Free");
        yield return Case("413", Reply.Status(413), "http_413 or/model Free");
        yield return Case("not reached", Reply.BreakOff(), "connection_failed or/model Free");
        yield return Case("empty", Reply.Stream(Part.Finish), "empty or/model Billable");

        static TestCaseData Case(string name, Reply reply, string ended) =>
            new TestCaseData(reply, ended).SetArgDisplayNames(name);
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Stream(
        Providers providers,
        string? provider,
        CancellationToken cancellationToken = default
    ) =>
        providers
            .Configured.ClientFor(provider)
            .GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Why?")], null, cancellationToken);

    private static async Task<List<string>> EndsAsync(Providers providers, string? provider = null)
    {
        var ends = new List<string>();
        try
        {
            await foreach (var update in Stream(providers, provider))
                ends.AddRange(EndsOf(update));
        }
        catch (GenerationFailedException)
        {
            // What counts is how the attempts ended.
        }

        return ends;
    }

    private static IEnumerable<string> EndsOf(ChatResponseUpdate update) =>
        update.Contents.OfType<AttemptEnded>().Select(end => $"{end.Attempt.Outcome} {end.Model} {end.Call}");
}
