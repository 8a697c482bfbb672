using System.Diagnostics;
using System.Net;
using QrAi.Tests.Integration.Health;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A PostgreSQL that goes away, freezes and comes back: each test has a server of its own to do that to.</summary>
public sealed class PostgresOutageTests
{
    /// <summary>
    /// The driver alone would wait twice as long as the limit: it asks the server to cancel a statement before it gives it
    /// up. Between the two a busy machine has time for everything else.
    /// </summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _longestRefusal = _timeout * 1.8;

    private PostgresCluster? _cluster;
    private ScriptedProvider? _provider;

    private PostgresCluster Cluster => _cluster!;

    private ScriptedProvider Provider => _provider!;

    [SetUp]
    public async Task SetUpAsync()
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("This machine has no PostgreSQL programs to make a server from.");
        _cluster = await PostgresCluster.CreateAsync();
        _provider = await ScriptedProvider.StartAsync();
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        if (_provider is not null)
            await _provider.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    [Test]
    public async Task A_service_starts_while_the_database_is_down_and_works_when_it_comes_without_a_restart()
    {
        await Cluster.StopAsync();
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider, waitUntilReady: false);

        await HealthTests.HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await ShouldRefuseEverywhereAsync(qrai);
        await Cluster.StartAsync();

        await qrai.ReadyAsync();
        (await qrai.AskAsync("Back?")).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_database_that_goes_away_while_running_is_a_503_everywhere_until_it_is_back()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        var before = await qrai.AskAsync("Before?");

        await Cluster.StopAsync();
        await ShouldRefuseEverywhereAsync(qrai);
        await HealthTests.HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await Cluster.StartAsync();

        (await qrai.GetAnswerAsync(before.Answer.Id)).Content.ShouldBe(before.Answer.Content);
        (await qrai.AskAsync("After?", before.SessionId)).Answer.Status.ShouldBe("completed");
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.OK);
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_database_that_no_longer_answers_is_a_503_within_the_time_limit()
    {
        await using var qrai = await QrAiHost.StartAsync(
            Cluster.Url,
            Provider,
            new() { ["DATABASE_TIMEOUT_SECONDS"] = $"{_timeout.TotalSeconds}" }
        );
        var before = await qrai.AskAsync("Before?");

        Cluster.Freeze();
        try
        {
            await Task.WhenAll(
                ShouldRefuseEverywhereAsync(qrai),
                HealthTests
                    .HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable)
                    .WaitAsync(_longestRefusal)
            );
        }
        finally
        {
            Cluster.Thaw();
        }

        (await qrai.AskAsync("After?", before.SessionId)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task An_answer_that_can_not_be_kept_at_first_is_kept_once_when_the_database_is_back()
    {
        var gate = Reply.Gated();
        Provider.Enqueue(gate);
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        var asking = qrai.TryAskAsync("Kept?");
        gate.Send("Kept, ");
        await gate.Request;

        await Cluster.StopAsync();
        gate.Send("once.");
        gate.Finish();
        await asking.ShouldBeProblem(503, "database_unavailable");
        await Cluster.StartAsync();

        var session = (await qrai.ListSessionsAsync()).Items.Single();
        var messages = await Eventually.Value(
            async () => (await qrai.ListMessagesAsync(session.Id)).Items,
            items => items[^1].Status != "generating"
        );
        messages.Select(message => message.Content).ShouldBe(["Kept?", "Kept, once."]);
        messages[1].Status.ShouldBe("completed");
        Provider.Requests.Count.ShouldBe(1);
        (await qrai.AskAsync("Again?", session.Id)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_follower_hears_of_the_end_only_when_the_answer_is_kept()
    {
        var gate = Reply.Gated();
        Provider.Enqueue(gate);
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        gate.Send("Kept.");
        await using var stream = await qrai.AskStreamingAsync("Kept?");
        var id = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        await stream.ReadAsync();

        await Cluster.StopAsync();
        gate.Finish();
        var end = stream.ReadAsync();
        await Eventually.Holds(() => Output.LinesWith($"Answer {id} waits for the database").Count > 0);
        end.IsCompleted.ShouldBeFalse();
        await Cluster.StartAsync();

        var completed = (await end)!;
        completed.Event.ShouldBe("completed");
        (await qrai.GetAnswerAsync(id)).Content.ShouldBe("Kept.");
    }

    [Test]
    public async Task Connections_cut_under_load_lose_no_question_and_no_answer_that_was_acknowledged()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        Provider.RespondWith = request => Reply.Answer("Re: ", request.Messages[^1].Content);
        await qrai.AskAsync("Warm?");
        await using var killer = await Sql.OpenAsync(Cluster.Url);
        var number = 0;
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<AnsweredBody>();
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(1, 8).Select(_ => Task.Run(AskOnAsync)).ToList();

        for (var cut = 1; cut <= 5; cut++)
        {
            var seen = acknowledged.Count;
            await killer.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'qrai'"
            );
            await Eventually.Holds(() => acknowledged.Count >= seen + 20);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);

        failures.ShouldBeEmpty();
        foreach (var asked in acknowledged)
        {
            var kept = (await qrai.ListMessagesAsync(asked.SessionId)).Items;
            kept.Select(message => message.Content).ShouldBe([asked.Question.Content, $"Re: {asked.Question.Content}"]);
            kept[1].Status.ShouldBe("completed");
        }

        async Task AskOnAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await qrai.TryAskAsync($"Question {Interlocked.Increment(ref number)}");
                if (response.IsSuccessStatusCode)
                    acknowledged.Add(await QrAiClient.ReadAsync<AnsweredBody>(Task.FromResult(response)));
                else
                    failures.Add(await response.Content.ReadAsStringAsync());
            }
        }
    }

    /// <summary>Every route says that it is the database, in time, and never that something is not there.</summary>
    private static async Task ShouldRefuseEverywhereAsync(QrAiHost qrai)
    {
        var id = Guid.CreateVersion7();
        (HttpMethod Method, string Path, object? Body)[] routes =
        [
            (HttpMethod.Post, "/api/questions", new { question = "Anybody?" }),
            (HttpMethod.Post, "/api/questions", new { question = "Anybody?", sessionId = id }),
            (HttpMethod.Post, "/api/sessions", new { title = "Anybody?" }),
            (HttpMethod.Get, "/api/sessions", null),
            (HttpMethod.Get, "/api/sessions?q=anybody", null),
            (HttpMethod.Get, $"/api/sessions/{id}", null),
            (HttpMethod.Patch, $"/api/sessions/{id}", new { title = "Anybody?" }),
            (HttpMethod.Delete, $"/api/sessions/{id}", null),
            (HttpMethod.Get, $"/api/sessions/{id}/messages", null),
            (HttpMethod.Get, $"/api/answers/{id}", null),
            (HttpMethod.Get, $"/api/answers/{id}/stream", null),
            (HttpMethod.Post, $"/api/answers/{id}/cancel", null),
        ];
        await Task.WhenAll(
            routes.Select(async route =>
            {
                var clock = Stopwatch.StartNew();
                await qrai.SendAsync(route.Method, route.Path, route.Body)
                    .ShouldBeProblem(503, "database_unavailable")
                    .NameCaseAsync($"{route.Method} {route.Path}");
                clock.Elapsed.ShouldBeLessThan(_longestRefusal, $"{route.Method} {route.Path}");
            })
        );
        // What is wrong with the request itself is said all the same.
        await qrai.TryAskAsync(" ").ShouldBeProblem(400, "invalid_request", "question");
    }
}
