using System.Globalization;
using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.Questions;

/// <summary>The rate limit of questions on every route, independent of the database.</summary>
public sealed class RateLimitTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    /// <summary>A burst of two, and one every ten seconds.</summary>
    private static readonly Dictionary<string, string> _limits = new()
    {
        ["RATE_LIMIT_PER_MINUTE"] = "6",
        ["RATE_LIMIT_BURST"] = "2",
    };

    private readonly TestClock _clock = new();

    [Test]
    public async Task A_question_beyond_the_limit_is_refused_with_retry_after_and_creates_nothing()
    {
        await using var qrai = await StartByAsync(_clock, _limits);
        await AskAsync(qrai, 2);

        (await RetryAfterAsync(qrai.TryAskAsync("Once more?"))).ShouldBe(10);
        _clock.Advance(TimeSpan.FromSeconds(9.5));
        (await RetryAfterAsync(qrai.TryAskAsync("Once more?"))).ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await AskAsync(qrai, 1);
        await qrai.TryAskAsync("Once more?").ShouldBeProblem(429, "rate_limited");

        (await qrai.ListSessionsAsync()).Items.Count.ShouldBe(3);
        Provider.Requests.Count.ShouldBe(3);
    }

    [Test]
    public async Task Every_route_counts_and_refuses_in_its_own_format()
    {
        await using var qrai = await StartByAsync(_clock, _limits);
        await AskAsync(qrai, 2);

        await qrai.TryAskAsync("Rest?").ShouldBeProblem(429, "rate_limited");
        using (var streamed = await StreamAsync(qrai))
        {
            streamed.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
            streamed.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            streamed.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
        }

        foreach (var stream in new[] { false, true })
            using (var completion = await qrai.PostAsync("/v1/chat/completions", Completion(stream)))
            {
                completion.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
                completion.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
                var error = (await JsonAsync(completion)).GetProperty("error");
                error.GetProperty("code").GetString().ShouldBe("rate_limited");
                error.GetProperty("type").GetString().ShouldBe("rate_limit_error");
            }

        using (var mutation = await qrai.PostAsync("/graphql", Ask(1)))
        {
            mutation.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(10));
            var extensions = (await JsonAsync(mutation)).GetProperty("errors")[0].GetProperty("extensions");
            extensions.GetProperty("code").GetString().ShouldBe("rate_limited");
            extensions.GetProperty("retryAfter").GetInt32().ShouldBe(10);
        }

        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_completion_and_each_ask_of_a_mutation_count_as_one_question()
    {
        await using var qrai = await StartByAsync(_clock, _limits);

        using (var completion = await qrai.PostAsync("/v1/chat/completions", Completion(false)))
            completion.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var mutation = await qrai.PostAsync("/graphql", Ask(3));

        var result = await JsonAsync(mutation);
        result.GetProperty("data").GetProperty("a0").ValueKind.ShouldBe(JsonValueKind.Object);
        result
            .GetProperty("errors")
            .EnumerateArray()
            .Select(error =>
                $"{error.GetProperty("path")[0]} {error.GetProperty("extensions").GetProperty("code").GetString()}"
            )
            .ShouldBe(["a1 rate_limited", "a2 rate_limited"]);
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task Invalid_questions_and_other_requests_do_not_count()
    {
        await using var qrai = await StartByAsync(_clock, _limits);

        for (var time = 0; time < 5; time++)
        {
            await qrai.TryAskAsync(" ").ShouldBeProblem(400, "invalid_request", "question");
            await qrai.CreateSessionAsync();
            await qrai.ListSessionsAsync();
        }

        await AskAsync(qrai, 2);
        await qrai.TryAskAsync("Once more?").ShouldBeProblem(429, "rate_limited");
    }

    [Test]
    public async Task Each_owner_has_one_limit_for_all_of_its_keys()
    {
        await using var qrai = await StartByAsync(
            _clock,
            new Dictionary<string, string>(_limits) { ["AUTHENTICATION"] = "api-key" }
        );
        await using var alice = await qrai.AsAsync("alice");
        await using var alsoAlice = qrai.As((await qrai.CreateKeyAsync("laptop", "alice")).Secret);
        await using var bob = await qrai.AsAsync("bob");

        await alice.AskAsync("One?");
        await alsoAlice.AskAsync("Two?");

        await alice.TryAskAsync("Three?").ShouldBeProblem(429, "rate_limited");
        await alsoAlice.TryAskAsync("Three?").ShouldBeProblem(429, "rate_limited");
        await bob.AskAsync("Mine?");
    }

    [Test]
    public async Task Of_concurrent_questions_only_the_burst_is_answered()
    {
        await using var qrai = await StartByAsync(_clock, _limits);

        var responses = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => qrai.TryAskAsync("All at once?")));

        responses.Count(response => response.StatusCode == HttpStatusCode.OK).ShouldBe(2);
        responses.Count(response => response.StatusCode == HttpStatusCode.TooManyRequests).ShouldBe(18);
        foreach (var response in responses)
            response.Dispose();
    }

    [TestCase("RATE_LIMIT_PER_MINUTE")]
    [TestCase("RATE_LIMIT_BURST")]
    public async Task Zero_disables_the_limit(string off)
    {
        await using var qrai = await StartByAsync(_clock, new Dictionary<string, string>(_limits) { [off] = "0" });

        await AskAsync(qrai, 5);
    }

    [Test]
    public async Task A_repetition_does_not_count_and_is_answered_even_at_the_limit()
    {
        await using var qrai = await StartByAsync(_clock, _limits);
        var question = new { question = "Once?" };
        var ids = new List<string?>();

        for (var time = 0; time < 5; time++)
            using (var response = await WithKeyAsync(qrai, "/api/questions", question))
                ids.Add((await JsonAsync(response)).GetProperty("answer").GetProperty("id").GetString());
        await AskAsync(qrai, 1);
        await qrai.TryAskAsync("Once more?").ShouldBeProblem(429, "rate_limited");
        using (var response = await WithKeyAsync(qrai, "/api/questions", question))
            ids.Add((await JsonAsync(response)).GetProperty("answer").GetProperty("id").GetString());

        ids.Distinct().ShouldHaveSingleItem();
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task Only_the_refused_asks_of_a_repeated_mutation_count_again()
    {
        await using var qrai = await StartByAsync(_clock, _limits);
        using (await WithKeyAsync(qrai, "/graphql", Ask(3))) { }

        using var repeated = await WithKeyAsync(qrai, "/graphql", Ask(3));

        var result = await JsonAsync(repeated);
        result.GetProperty("data").GetProperty("a1").ValueKind.ShouldBe(JsonValueKind.Object);
        result
            .GetProperty("errors")
            .EnumerateArray()
            .ShouldHaveSingleItem()
            .GetProperty("extensions")
            .GetProperty("code")
            .GetString()
            .ShouldBe("rate_limited");
        Provider.Requests.Count.ShouldBe(2);
    }

    private static async Task AskAsync(QrAiHost qrai, int times)
    {
        for (var time = 0; time < times; time++)
            await qrai.AskAsync("Why?");
    }

    private static async Task<int> RetryAfterAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        response.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        return int.Parse(response.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture);
    }

    private static Task<HttpResponseMessage> WithKeyAsync(QrAiHost qrai, string path, object body) =>
        qrai.SendAsync(HttpMethod.Post, path, body, headers => headers.Add("Idempotency-Key", "again"));

    private static Task<HttpResponseMessage> StreamAsync(QrAiHost qrai) =>
        qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "As a stream?" },
            headers => headers.Accept.ParseAdd("text/event-stream")
        );

    private static object Completion(bool stream) =>
        new
        {
            model = "openrouter",
            stream,
            messages = new[] { new { role = "user", content = "Who?" } },
        };

    private static object Ask(int times) =>
        new
        {
            query = "mutation { "
                + string.Join(
                    ' ',
                    Enumerable
                        .Range(0, times)
                        .Select(time => $"a{time}: ask(input: {{ question: \"Why?\" }}) {{ answer {{ id }} }}")
                )
                + " }",
        };

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());
}
