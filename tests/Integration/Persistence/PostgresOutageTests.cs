using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using QrAi.Tests.Integration.Health;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

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
        await using var qrai = await QrAiHost.StartAsync(
            Cluster.Url,
            Provider,
            new() { ["DATABASE_TIMEOUT_SECONDS"] = "1" },
            waitUntilReady: false
        );

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
        await using var qrai = await StartAsync(_timeout);
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
    public async Task A_question_that_a_frozen_server_keeps_when_it_goes_on_is_answered()
    {
        await using var qrai = await StartAsync(_timeout);
        var before = await qrai.AskAsync("Before?");
        Cluster.Freeze();
        var since = Stopwatch.StartNew();
        var asking = qrai.AskAsync("Frozen?", before.SessionId);
        try
        {
            // The statement has run out of time; half as long again is left until the caller is told.
            await Eventually.Holds(() => since.Elapsed > _timeout + TimeSpan.FromSeconds(0.5));
        }
        finally
        {
            Cluster.Thaw();
        }

        (await asking).Answer.Status.ShouldBe("completed");
        (await qrai.ListMessagesAsync(before.SessionId)).Items.Count.ShouldBe(4);
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_question_that_a_frozen_server_did_not_keep_in_time_leaves_nothing([Values] bool inSession)
    {
        await using var qrai = await StartAsync(TimeSpan.FromSeconds(4));
        var before = await qrai.AskAsync("Before?");
        Cluster.Freeze();
        try
        {
            await qrai.TryAskAsync("Frozen?", inSession ? before.SessionId : null)
                .ShouldBeProblem(503, "database_unavailable");
        }
        finally
        {
            Cluster.Thaw();
        }

        // What the server had been sent it carries out now, in vain.
        (await qrai.AskAsync("After?", before.SessionId)).Answer.Status.ShouldBe("completed");
        await using var database = await Sql.OpenAsync(Cluster.Url);
        await Eventually.Holds(async () => await database.CountsAsync() == (1, 4));
        (await qrai.ListMessagesAsync(before.SessionId))
            .Items.Select(message => message.Content)
            .ShouldNotContain("Frozen?");
        Provider.Requests.Count.ShouldBe(2);
    }

    private Task<QrAiHost> StartAsync(TimeSpan timeout) =>
        QrAiHost.StartAsync(Cluster.Url, Provider, new() { ["DATABASE_TIMEOUT_SECONDS"] = $"{timeout.TotalSeconds}" });

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
    public async Task Connections_cut_under_load_lose_nothing_that_was_acknowledged_and_are_no_error()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        await using var load = await Load.StartAsync(qrai, Provider);
        await using var killer = await Sql.OpenAsync(Cluster.Url);

        for (var cut = 1; cut <= 5; cut++)
        {
            await killer.ExecuteAsync(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'qrai/%'"
            );
            await load.GoesOnAsync(answers: 20);
        }

        await load.StopAsync();
        load.Refusals.ShouldBe(0);
        await load.ShouldBeKeptOnceAsync(killer);
    }

    [Test]
    public async Task A_server_that_stops_for_five_seconds_under_load_loses_nothing_that_was_acknowledged()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        await using var load = await Load.StartAsync(qrai, Provider);

        await Cluster.StopAsync();
        var away = Stopwatch.StartNew();
        await Eventually.Holds(() => away.Elapsed > TimeSpan.FromSeconds(5) && load.Refusals > 0);
        await Cluster.StartAsync();

        await load.GoesOnAsync(answers: 20);
        await load.StopAsync();
        await using var database = await Sql.OpenAsync(Cluster.Url);
        await load.ShouldBeKeptOnceAsync(database);
    }

    [Test]
    public async Task Packets_lost_in_the_middle_of_queries_are_a_503_in_time_and_heal_by_themselves()
    {
        await using var network = new TcpProxy("127.0.0.1", Cluster.Port);
        var url = new UriBuilder(Cluster.Url) { Port = network.Port }
            .Uri
            .OriginalString;
        await using var qrai = await QrAiHost.StartAsync(
            url,
            Provider,
            new()
            {
                ["DATABASE_TIMEOUT_SECONDS"] = "2",
                ["DATABASE_POOL_SIZE"] = "4",
                ["DATABASE_MAX_OVERFLOW"] = "4",
            }
        );
        await using var load = await Load.StartAsync(qrai, Provider);

        for (var loss = 1; loss <= 2; loss++)
        {
            network.LosePackets();
            await load.GoesOnAsync(answers: 20);
        }

        await load.StopAsync();
        // Nothing tells the driver but its time limit. A question is kept by another connection then; what is not sure is
        // refused in time.
        load.Slowest.ShouldBeLessThan(_longestRefusal);
        await using var database = await Sql.OpenAsync(Cluster.Url);
        await load.ShouldBeKeptOnceAsync(database);
    }

    /// <summary>Callers who go on asking whatever they are told, half of them by streams.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private const int Callers = 8;
        private const string Messages =
            "SELECT session_id || '|' || role || '|' || status || '|' || content FROM messages";

        private readonly QrAiHost _qrai;
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentBag<(Guid SessionId, string Question)> _questions = [];
        private readonly ConcurrentBag<(Guid SessionId, Guid AnswerId, string Content)> _answers = [];
        private readonly ConcurrentBag<TimeSpan> _times = [];
        private Task _calling = Task.CompletedTask;
        private int _number;
        private int _refusals;

        private Load(QrAiHost qrai) => _qrai = qrai;

        /// <summary>How often they were told that the database is not available.</summary>
        public int Refusals => _refusals;

        /// <summary>The longest that a refusal took.</summary>
        public TimeSpan Slowest => _times.Max();

        public static async Task<Load> StartAsync(QrAiHost qrai, ScriptedProvider provider)
        {
            provider.RespondWith = request => Reply.Answer("Re: ", request.Messages[^1].Content);
            var load = new Load(qrai);
            load._calling = Task.WhenAll(
                Enumerable
                    .Range(1, Callers)
                    .Select(caller => Task.Run(() => CallAsync(load, isStreamed: caller % 2 == 0)))
            );
            await load.GoesOnAsync(answers: 10);
            return load;
        }

        /// <summary>Waits until so many more answers have come.</summary>
        public async Task GoesOnAsync(int answers)
        {
            var seen = _answers.Count;
            await Eventually.Holds(() =>
                _calling.IsFaulted ? throw _calling.Exception : _answers.Count >= seen + answers
            );
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _calling.WaitAsync(Eventually.DefaultLimit);
        }

        /// <summary>
        /// What was acknowledged is there, as it was told, and nothing is there twice. A question whose caller got a 503
        /// is not kept, or goes as soon as the database can be asked.
        /// </summary>
        public async Task ShouldBeKeptOnceAsync(Sql database)
        {
            _answers.ShouldNotBeEmpty();
            var expected = _questions.SelectMany(asked =>
                new[]
                {
                    $"{asked.SessionId}|user|completed|{asked.Question}",
                    $"{asked.SessionId}|assistant|completed|Re: {asked.Question}",
                }
            );
            // An answer that could not be kept at first is tried again.
            await Eventually.Value(
                async () => expected.Except(await database.LinesAsync(Messages)).ToList(),
                missing => missing.Count == 0
            );
            var contents = (await database.LinesAsync("SELECT id || '|' || content FROM messages")).ToHashSet();
            foreach (var (_, answer, content) in _answers)
                contents.ShouldContain($"{answer}|{content}");
            (
                await database.NumberAsync(
                    "SELECT count(*) FROM (SELECT FROM messages GROUP BY session_id HAVING count(*) <> 2) AS twice"
                )
            ).ShouldBe(0);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _calling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private static async Task CallAsync(Load load, bool isStreamed)
        {
            while (!load._stop.IsCancellationRequested)
            {
                var question = $"Question {Interlocked.Increment(ref load._number)}";
                var clock = Stopwatch.StartNew();
                var asked = isStreamed ? await load.StreamAsync(question) : await load.AskAsync(question);
                if (asked)
                    continue;
                load._times.Add(clock.Elapsed);
                Interlocked.Increment(ref load._refusals);
            }
        }

        private async Task<bool> AskAsync(string question)
        {
            var asking = _qrai.TryAskAsync(question);
            using var response = await asking;
            if (!response.IsSuccessStatusCode)
            {
                await asking.ShouldBeProblem(503, "database_unavailable");
                return false;
            }

            var asked = await QrAiClient.ReadAsync<AnsweredBody>(asking);
            _questions.Add((asked.SessionId, question));
            _answers.Add((asked.SessionId, asked.Answer.Id, asked.Answer.Content));
            return true;
        }

        private async Task<bool> StreamAsync(string question)
        {
            EventStreamReader stream;
            try
            {
                stream = await _qrai.AskStreamingAsync(question);
            }
            catch (InvalidOperationException refused)
            {
                refused.Message.ShouldStartWith("Not an event stream but 503 application/problem+json");
                refused.Message.ShouldContain("database_unavailable");
                return false;
            }

            await using var owned = stream;
            var events = await stream.ReadToEndAsync();
            var started = events[0].Data;
            // From here on the question is acknowledged, whatever becomes of the stream.
            _questions.Add((started.GetProperty("sessionId").GetGuid(), question));
            if (events[^1].Event != "completed")
                return false;
            var answer = Wire.Read<MessageBody>(events[^1].Data.GetProperty("answer"));
            _answers.Add((answer.SessionId, answer.Id, answer.Content));
            return true;
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
