using System.Net;
using System.Text.Json;
using QrAi.Application.Usage;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Usage;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class KeyLimitTests(DatabaseKind kind) : UsageTest(kind)
{
    private static readonly Dictionary<string, string> _withKeys = new()
    {
        ["AUTHENTICATION"] = "api-key",
        ["RATE_LIMIT_PER_MINUTE"] = "0",
    };

    [Test]
    public async Task Over_a_limit_of_tokens_a_question_is_refused_until_the_period_ends_and_nothing_is_asked()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "100000 tokens/day");
        Provider.Enqueue(Reply.Answer("Yes") with { Usage = new TokenUsage(90_000, 10_000) });
        (await alice.AskAsync("Is one allowed?")).Answer.Status.ShouldBe("completed");

        using var refused = await alice.TryAskAsync("Is another one?");

        await Task.FromResult(refused).ShouldBeProblem(429, "budget_exhausted");
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        using (var completion = await CompleteAsync(alice))
            completion.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        Provider.Requests.ShouldHaveSingleItem();
        (await alice.ListSessionsAsync()).Items.ShouldHaveSingleItem();
        await using var bob = await qrai.AsAsync("bob");
        (await bob.AskAsync("Am I limited?")).Answer.Status.ShouldBe("completed");
        (await ReservationsAsync()).ShouldBe(0);
    }

    [Test]
    public async Task A_limit_in_dollars_counts_costs_and_leaves_an_answer_no_more_tokens_than_are_paid_for()
    {
        await using var qrai = await StartAsync(Prices(settings: _withKeys));
        await using var alice = await LimitedAsync(qrai, "0.1 USD/month");
        Provider.Enqueue(Reply.Answer("Yes") with { Usage = new TokenUsage(0, 5_000) }); // $0.05
        await alice.AskAsync("Is one allowed?");
        Provider.Enqueue(Reply.Answer("Yes") with { Usage = new TokenUsage(0, 4_999) });

        await alice.AskAsync("Is another one?");

        Provider.Requests[0].Body.TryGetProperty("max_tokens", out _).ShouldBeFalse();
        // $0.05 are left: less than the most that an answer may cost.
        Provider.Requests[1].Body.GetProperty("max_tokens").GetInt32().ShouldBeInRange(4_900, 5_000);
        await alice.TryAskAsync("And a third one?").ShouldBeProblem(429, "budget_exhausted");
    }

    [Test]
    public async Task A_limit_in_dollars_refuses_a_model_whose_price_nobody_knows()
    {
        await using var second = await ScriptedProvider.StartAsync();
        var settings = WithSecond(second);
        foreach (var (name, value) in _withKeys)
            settings[name] = value;
        await using var qrai = await StartAsync(settings);
        await using var alice = await LimitedAsync(qrai, "5 USD/month");

        await alice.TryAskAsync("What does it cost?", provider: "google-ai").ShouldBeProblem(429, "budget_exhausted");

        second.Requests.ShouldBeEmpty();
        Provider.Enqueue(Reply.Answer("Told by the provider") with { Usage = new TokenUsage(10, 10) { Cost = "5.5" } });
        await alice.AskAsync("And this?", provider: "openrouter");
        await alice.TryAskAsync("Again?", provider: "openrouter").ShouldBeProblem(429, "budget_exhausted");
    }

    [Test]
    public async Task What_a_running_answer_may_use_is_reserved_and_released_at_its_end()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "10000 tokens/day");
        var gate = Gate();
        gate.Send("Begun");
        await using var stream = await alice.AskStreamingAsync("Reserved?");
        (await ReservationsAsync()).ShouldBe(1);
        var gateOfRest = Gate();
        var rest = alice.AskAsync("What is left?");
        await gateOfRest.Request;

        using (var refused = await alice.TryAskAsync("And now?"))
        {
            await Task.FromResult(refused).ShouldBeProblem(429, "budget_exhausted");
            refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        }

        gate.Finish("End");
        gateOfRest.Finish("End");
        await stream.ReadToEndAsync();
        await rest;
        (await alice.AskAsync("And afterwards?")).Answer.Status.ShouldBe("completed");
        (await ReservationsAsync()).ShouldBe(0);
    }

    [Test]
    public async Task A_completion_that_is_not_stored_is_limited_too()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "1000 tokens/minute", "100000 tokens/hour");
        Provider.Enqueue(Reply.Answer("Yes") with { Usage = new TokenUsage(90_000, 10_000) });
        using (var first = await CompleteAsync(alice))
            first.StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.Holds(async () => await ReservationsAsync() == 0);

        using var second = await CompleteAsync(alice);

        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        var error = JsonDocument.Parse(await second.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("budget_exhausted");
        Provider.Requests.ShouldHaveSingleItem().Body.GetProperty("max_tokens").GetInt32().ShouldBeLessThan(1_000);
    }

    [Test]
    public async Task What_is_refused_for_another_reason_reserves_nothing()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "100000 tokens/day");

        await alice.TryAskAsync("Where?", sessionId: Guid.CreateVersion7()).ShouldBeProblem(404, "not_found");

        (await ReservationsAsync()).ShouldBe(0);
    }

    [Test]
    public async Task Concurrent_questions_reserve_no_more_than_there_is()
    {
        await using var one = await StartAsync(_withKeys);
        await using var other = await StartAsync(_withKeys);
        var key = await one.CreateKeyAsync("alice", limits: "30000 tokens/day");
        await using var here = one.As(key.Secret);
        await using var there = other.As(key.Secret);

        var responses = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(number => (number % 2 == 0 ? here : there).TryAskAsync("Who is first?"))
        );

        await using var database = await OpenDatabaseAsync();
        (await database.NumberAsync("SELECT CAST(sum(revision) AS bigint) FROM key_budgets")).ShouldBe(
            responses.Count(response => response.IsSuccessStatusCode)
        );
        foreach (var response in responses)
            response.Dispose();
        (await ReservationsAsync()).ShouldBe(0);
    }

    [Test]
    public async Task A_caller_is_told_what_is_left()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "100000 tokens/day", "5 USD/month");
        Provider.Enqueue(Reply.Answer("Yes") with { Usage = new TokenUsage(900, 100) { Cost = "1.25" } });
        await alice.AskAsync("How much?", provider: "openrouter");

        var me = await QrAiClient.ReadAsync<CallerBody>(alice.GetAsync("/api/keys/me"));

        me.Limits!.Select(limit => (limit.Limit, limit.Used, limit.Left))
            .ShouldBe([("100000 tokens/day", 1_000m, 99_000m), ("5 USD/month", 1.25m, 3.75m)]);
        me.Limits![1].ResetsAt.Day.ShouldBe(1);
    }

    [Test]
    public async Task Calls_that_are_rolled_up_still_count()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "100000 tokens/day");
        Provider.Enqueue(Reply.Answer("Yes") with { Usage = new TokenUsage(100_000, 1) });
        await alice.AskAsync("How much?");
        await using var database = await OpenDatabaseAsync();
        await SendAsync(qrai, new RollUpUsage());
        (await database.NumberAsync("SELECT count(*) FROM usage_records WHERE NOT is_rolled_up")).ShouldBe(0);

        await alice.TryAskAsync("And now?").ShouldBeProblem(429, "budget_exhausted");
    }

    [Test]
    public async Task The_reservation_of_a_process_that_died_goes_with_its_lease()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync(
            $"INSERT INTO workers (id, name, started_at, heartbeat_at) VALUES ({AnId}, 'dead', {LongAgo}, {LongAgo})"
        );

        await AddReservationAsync(database, LongAhead);

        await Eventually.Holds(async () => await ReservationsAsync() == 0);
    }

    [Test]
    public async Task A_deleted_answer_releases_what_it_has_reserved()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await LimitedAsync(qrai, "100000 tokens/day");
        Gate().Send("Begun");
        await using var stream = await alice.AskStreamingAsync("Deleted?");

        var session = (await alice.ListSessionsAsync()).Items.Single().Id;
        using (await alice.SendAsync(HttpMethod.Delete, $"/api/sessions/{session}")) { }

        await Eventually.Holds(async () => await ReservationsAsync() == 0);
    }

    [Test]
    public async Task A_reservation_that_could_not_be_removed_in_an_outage_is_removed_after_the_longest_answer()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var database = await OpenDatabaseAsync();
        await AddReservationAsync(database, LongAgo);

        (await SendAsync(qrai, new RemoveAbandonedReservations())).ShouldBeLessThanOrEqualTo(1);

        (await ReservationsAsync()).ShouldBe(0);
    }

    private static async Task<QrAiClient> LimitedAsync(QrAiHost qrai, params string[] limits) =>
        qrai.As((await qrai.CreateKeyAsync("alice", limits: limits)).Secret);

    private static Task<HttpResponseMessage> CompleteAsync(QrAiClient caller) =>
        caller.PostAsync(
            "/v1/chat/completions",
            new { model = "openrouter", messages = new[] { new { role = "user", content = "Who?" } } }
        );

    private string AnId =>
        Kind == DatabaseKind.Sqlite
            ? "'0190F000-0000-7000-8000-000000000001'"
            : "'0190f000-0000-7000-8000-000000000001'";

    private string LongAgo => Kind == DatabaseKind.Sqlite ? "0" : "timestamptz '2026-01-01'";

    private string LongAhead => Kind == DatabaseKind.Sqlite ? $"{long.MaxValue / 3}" : "timestamptz '2999-01-01'";

    private Task AddReservationAsync(Sql database, string createdAt) =>
        database.ExecuteAsync(
            $"""
            INSERT INTO reservations (id, owner, key_id, worker_id, tokens, cost, created_at)
            VALUES ({AnId}, 'a', {AnId}, {AnId}, 1, 1, {createdAt})
            """
        );

    private async Task<long> ReservationsAsync()
    {
        await using var database = await OpenDatabaseAsync();
        return await database.NumberAsync("SELECT count(*) FROM reservations");
    }
}
