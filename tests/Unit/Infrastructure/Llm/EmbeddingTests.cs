using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Requests of vectors.</summary>
public sealed class EmbeddingTests
{
    private const string Error = """{"error":{"code":"overloaded","message":"Try later."}}""";

    [Test]
    public async Task Vectors_are_those_of_their_indexes()
    {
        using var embeddings = new Embeddings();
        embeddings.Reply("""{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2]}]}""");

        (await embeddings.EmbedAsync("one", "二")).ShouldBe([
            [1, 2],
            [3, 4],
        ]);

        embeddings
            .Requests.ShouldHaveSingleItem()
            .ShouldBe("""{"model":"embed","input":["one","二"],"encoding_format":"float"}""");
    }

    [Test]
    public async Task An_index_that_is_omitted_is_the_position()
    {
        using var embeddings = new Embeddings();
        embeddings.Reply("""{"data":[{"embedding":[1,2]},{"index":1,"embedding":[3,4]}],"unknown":{}}""");

        (await embeddings.EmbedAsync("one", "two")).ShouldBe([
            [1, 2],
            [3, 4],
        ]);
    }

    [TestCase("""{"data":[]}""")]
    [TestCase("""{"data":null}""")]
    [TestCase("""{"data":[null]}""")]
    [TestCase("""{"data":[{"index":0}]}""")]
    [TestCase("""{"data":[{"index":0,"embedding":[]}]}""")]
    [TestCase("""{"data":[{"index":1,"embedding":[1]}]}""")]
    [TestCase("""{"data":[{"index":-1,"embedding":[1]}]}""")]
    [TestCase("""{"data":[{"index":0,"embedding":[1e99]}]}""")]
    [TestCase("""{"data":[{"index":0,"embedding":[NaN]}]}""")]
    [TestCase("""{"data":[{"index":0,"embedding":["NaN"]}]}""")]
    [TestCase("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}""")]
    [TestCase("""{"data":[{"index":0,"embedding":[1""")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("")]
    [TestCase("<html>")]
    public async Task A_response_that_cannot_be_used_is_retried_and_fails(string body)
    {
        using var embeddings = new Embeddings();
        for (var attempt = 0; attempt < 3; attempt++)
            embeddings.Reply(body);

        (await FailAsync(embeddings)).IsRefusal.ShouldBeTrue();
        embeddings.Requests.Count.ShouldBe(3);
    }

    [Test]
    public async Task A_response_is_not_read_beyond_what_vectors_can_need()
    {
        using var embeddings = new Embeddings();
        for (var attempt = 0; attempt < 3; attempt++)
            embeddings.Reply($$"""{"data":[{"index":0,"embedding":[1]}],"filler":"{{new string('x', 200_000)}}"}""");

        (await FailAsync(embeddings)).Message.ShouldContain("invalid_response");
    }

    [TestCase(408)]
    [TestCase(429)]
    [TestCase(500)]
    [TestCase(503)]
    public async Task A_temporary_failure_is_retried(int status)
    {
        using var embeddings = new Embeddings();
        embeddings.Reply(Error, status);
        embeddings.Break();
        embeddings.ReplyVector(1, 2);

        (await WithWaits(embeddings, embeddings.EmbedAsync("one"))).ShouldBe([
            [1, 2],
        ]);
    }

    [Test]
    public async Task Retry_After_is_obeyed_up_to_10_seconds()
    {
        using var embeddings = new Embeddings();
        embeddings.Reply(Error, 429, retryAfter: "7");
        embeddings.Reply(Error, 429, retryAfter: "11");

        var embedding = embeddings.EmbedAsync("one");
        await embeddings.Clock.PassAsync(TimeSpan.FromSeconds(7));

        await Should.ThrowAsync<EmbeddingFailedException>(() => embedding);
        embeddings.Requests.Count.ShouldBe(2);
    }

    [TestCase(400, true)]
    [TestCase(413, true)]
    [TestCase(422, true)]
    [TestCase(401, false)]
    [TestCase(402, false)]
    [TestCase(403, false)]
    [TestCase(404, false)]
    public async Task A_permanent_failure_is_not_retried_and_says_whether_the_texts_are_the_cause(
        int status,
        bool isRefusal
    )
    {
        using var embeddings = new Embeddings();
        embeddings.Reply(Error, status);

        (await FailAsync(embeddings)).IsRefusal.ShouldBe(isRefusal);
        embeddings.Requests.Count.ShouldBe(1);
        embeddings
            .Log.Lines.Single(line => line.Message.Contains($"http_{status}", StringComparison.Ordinal))
            .Level.ShouldBe(isRefusal ? LogLevel.Warning : LogLevel.Error);
    }

    [Test]
    public async Task The_log_has_the_reason_without_the_texts()
    {
        using var embeddings = new Embeddings();
        embeddings.Reply("""{"error":{"code":"too_long","message":"Too long: 'the secret of the passage'"}}""", 413);

        await Should.ThrowAsync<EmbeddingFailedException>(() =>
            embeddings.EmbedAsync("It is the secret of the passage.")
        );

        var lines = embeddings.Log.Lines.Select(line => line.Message).ToList();
        lines.ShouldContain(line => line.Contains("too_long", StringComparison.Ordinal));
        lines.ShouldAllBe(line => !line.Contains("secret", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_query_is_given_up_after_two_seconds()
    {
        using var embeddings = new Embeddings();
        embeddings.Hang();

        var embedding = embeddings.ForQueries()!.GenerateVectorAsync("one");
        await embeddings.Clock.PassAsync(TimeSpan.FromSeconds(2));

        await Should.ThrowAsync<EmbeddingFailedException>(() => embedding);
        embeddings.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_provider_that_keeps_failing_is_skipped_for_30_seconds_and_not_logged_again()
    {
        using var embeddings = new Embeddings();
        var queries = embeddings.ForQueries()!;
        for (var query = 0; query < 5; query++)
        {
            embeddings.Reply(Error, 401);
            await Should.ThrowAsync<EmbeddingFailedException>(() => queries.GenerateVectorAsync($"{query}"));
        }

        var lines = embeddings.Log.Lines.Count;
        for (var query = 0; query < 20; query++)
            await Should.ThrowAsync<EmbeddingFailedException>(() => queries.GenerateVectorAsync($"{query}"));
        embeddings.Requests.Count.ShouldBe(5);
        embeddings.Log.Lines.Count.ShouldBe(lines);

        embeddings.Clock.Advance(TimeSpan.FromSeconds(30));
        embeddings.ReplyVector(1);
        (await queries.GenerateVectorAsync("again")).ToArray().ShouldBe([1]);
    }

    [Test]
    public async Task A_recent_query_is_not_sent_again()
    {
        using var embeddings = new Embeddings();
        var queries = embeddings.ForQueries()!;
        embeddings.ReplyVector(0.1f, -2.5e-9f, 3);

        var first = await queries.GenerateVectorAsync("one");

        (await queries.GenerateVectorAsync("one")).ToArray().ShouldBe(first.ToArray());
        embeddings.Requests.Count.ShouldBe(1);
        embeddings.ReplyVector(4);
        (await queries.GenerateVectorAsync("two")).ToArray().ShouldBe([4]);
    }

    [Test]
    public void A_model_of_a_provider_that_is_not_configured_has_no_generator()
    {
        using var embeddings = new Embeddings();

        embeddings.Models.Current.ShouldBe(Embeddings.Name);
        embeddings.ForQueries("openrouter/earlier/model").ShouldNotBeNull();
        embeddings.ForQueries("elsewhere/model").ShouldBeNull();
        embeddings.ForQueries("offline/model").ShouldBeNull();
    }

    private static Task<EmbeddingFailedException> FailAsync(Embeddings embeddings) =>
        Should.ThrowAsync<EmbeddingFailedException>(() => WithWaits(embeddings, embeddings.EmbedAsync("one")));

    /// <summary>Lets the waits between attempts pass.</summary>
    private static async Task<T> WithWaits<T>(Embeddings embeddings, Task<T> embedding)
    {
        while (!embedding.IsCompleted)
        {
            var wait = embeddings.Clock.NextWaitAsync(wait => wait < TimeSpan.FromSeconds(2));
            if (await Task.WhenAny(embedding, wait) == wait)
                embeddings.Clock.Advance(await wait);
        }

        return await embedding;
    }

    [Test]
    public async Task Every_call_is_accounted_for()
    {
        using var embeddings = new Embeddings();
        embeddings.Reply(Error, 503);
        embeddings.Reply("""{"data":[]}""");
        embeddings.Reply("""{"data":[{"embedding":[1]}],"usage":{"prompt_tokens":7,"cost":1.5e-7}}""");
        await WithWaits(embeddings, embeddings.EmbedAsync("one two")).Soon();

        embeddings
            .Calls.Select(call => $"{call.Operation} {call.Outcome} {call.PromptTokens} {call.Cost} {call.IsEstimated}")
            .ShouldBe([
                "Embeddings http_503 0  False",
                "Embeddings invalid_response 2  True",
                "Embeddings completed 7 150000 False",
            ]);
        embeddings
            .Calls.Select(call => (call.Owner, call.Provider, call.Model, call.Questions))
            .Distinct()
            .ShouldBe([("me", "openrouter", "embed", 0)]);
    }
}
