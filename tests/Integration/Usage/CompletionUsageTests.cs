using System.Text.Json;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Usage;

/// <summary>Calls of providers that no answer stores: completions and vectors.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class CompletionUsageTests(DatabaseKind kind) : UsageTest(kind)
{
    private static readonly TokenUsage _usage = new(100, 7) { Cached = 60, Cost = "0.00018" };

    [Test]
    public async Task Streamed_and_whole_completions_and_answers_cost_the_same()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue([.. Enumerable.Repeat(Reply.Answer("Tokyo") with { Usage = _usage }, 4)]);

        var whole = await CompleteAsync(qrai, Body());
        var streamed = await StreamAsync(qrai);
        var stored = await CompleteAsync(qrai, Body(store: true));
        var asked = await qrai.AskAsync("Capital?");

        const string Expected =
            """{"prompt_tokens":100,"completion_tokens":7,"total_tokens":107,"prompt_tokens_details":{"cached_tokens":60},"cost":0.00018}""";
        whole.GetRawText().ShouldBe(Expected);
        streamed.GetRawText().ShouldBe(Expected);
        stored.GetRawText().ShouldBe(Expected);
        asked.Answer.Usage.ShouldBe(new UsageBody(100, 7, 107, 0.00018m));
        (await CallsAsync(4)).Distinct().ShouldBe(["openrouter completed 1: 100/60/7 180000000 question"]);
        (await UsageOfAsync(qrai)).Total.ShouldBe(new UsageTotalBody(4, 400, 28, 0.00072m));
    }

    [Test]
    public async Task A_completion_with_an_idempotency_key_is_accounted_for_once()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(Reply.Answer("Tokyo") with { Usage = _usage });

        var first = await CompleteAsync(qrai, Body(), "once");
        var second = await CompleteAsync(qrai, Body(), "once");

        second.GetRawText().ShouldBe(first.GetRawText());
        (await CallsAsync(1))[0].ShouldBe("openrouter completed 1: 100/60/7 180000000 question");
    }

    [Test]
    public async Task A_completion_whose_caller_leaves_is_accounted_for()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("Half an answer");
        await using (var stream = await OpenAsync(qrai))
            await stream.ReadAsync();

        var call = (await CallsAsync(1))[0];
        call.ShouldStartWith("openrouter cancelled 1: ");
        call.ShouldEndWith(" estimated question");
    }

    [Test]
    public async Task Vectors_of_documents_and_of_queries_are_accounted_for_but_are_no_questions()
    {
        await using var qrai = await StartAsync(
            Prices(
                """{"openrouter/embed":{"input":1}}""",
                new() { ["EMBEDDING_PROVIDER"] = "openrouter", ["EMBEDDING_MODEL"] = "embed" }
            )
        );
        await qrai.AddAsync("a.txt", "Every car is kept in the garage.");
        await using var database = await OpenDatabaseAsync();
        await Eventually.Holds(async () => await database.NumberAsync("SELECT count(*) FROM vector_blocks") == 1);

        await qrai.SearchAsync("vehicle");
        await qrai.SearchAsync("vehicle"); // remembered

        (await CallsAsync(2)).Distinct().ShouldBe(["openrouter completed 1: 7/0/0 7000000"]);
        Provider.Embeddings.Requests.Count.ShouldBe(2);
        (await UsageOfAsync(qrai, "?by=model")).Items.ShouldBe([
            new UsageItemBody("openrouter/embed", 0, 14, 0, 0.000014m),
        ]);
    }

    private static object Body(bool store = false, bool stream = false) =>
        new
        {
            model = "openrouter",
            store,
            stream,
            stream_options = stream ? new { include_usage = true } : null,
            messages = new[] { new { role = "user", content = "Capital?" } },
        };

    private static async Task<JsonElement> CompleteAsync(QrAiHost qrai, object body, string? key = null)
    {
        var completion = await QrAiClient.ReadAsync<JsonElement>(
            qrai.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                body,
                headers => headers.Add("Idempotency-Key", key is null ? [] : [key])
            )
        );
        return completion.GetProperty("usage");
    }

    private static async Task<EventStreamReader> OpenAsync(QrAiHost qrai) =>
        await EventStreamReader.OpenAsync(
            await qrai.SendAsync(
                HttpMethod.Post,
                "/v1/chat/completions",
                Body(stream: true),
                until: HttpCompletionOption.ResponseHeadersRead
            )
        );

    private static async Task<JsonElement> StreamAsync(QrAiHost qrai)
    {
        await using var stream = await OpenAsync(qrai);
        var events = await stream.ReadToEndAsync();
        return events[^2].Data.GetProperty("usage");
    }
}
