using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

public sealed class DatabaseOutageTests : ProgramTests
{
    // The driver alone would wait twice the limit; the difference leaves time for a busy machine.
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _refusalLimit = _timeout * 1.8;

    public enum Outage
    {
        /// <summary>Connections are reset, new ones refused.</summary>
        Stopped,

        /// <summary>Connections stay open without a response.</summary>
        Frozen,
    }

    [Test]
    public async Task While_the_database_is_unavailable_requests_fail_quickly_and_afterwards_nothing_is_lost(
        [Values] Outage outage
    )
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("A database can only be stopped if PostgreSQL's programs are installed.");
        await using var cluster = await PostgresCluster.CreateAsync();
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider);
        workplace.Settings["DATABASE_URL"] = cluster.Url;
        workplace.Settings["DATABASE_TIMEOUT_SECONDS"] = $"{_timeout.TotalSeconds}";
        var program = await StartAsync(workplace);
        var known = await program.Http.AskAsync("Before?");
        var reply = Reply.Gated();
        provider.Enqueue(reply);
        reply.Send("It comes ");
        await using var stream = await program.Http.StreamAsync("Meanwhile?");
        var started = (await stream.ReadAsync()).ShouldNotBeNull().Data;
        using var traffic = new Traffic(program.Http);

        if (outage == Outage.Stopped)
            await cluster.StopAsync();
        else
            cluster.Freeze();

        await Task.WhenAll(
            RefusedAsync(() => program.Http.GetAsync("/api/sessions")),
            RefusedAsync(() => program.Http.GetAsync($"/api/sessions/{known.Text("sessionId")}")),
            RefusedAsync(() => program.Http.PostQuestionAsync("During?")),
            UnreadyAsync(program)
        );
        (await program.Http.StatusAsync("/health/live")).ShouldBe(HttpStatusCode.OK);
        // An answer that ends while the database is unavailable waits to be stored.
        reply.Send("all the same.");
        reply.Finish();
        await (await reply.Request).Served.WaitAsync(Eventually.DefaultLimit);

        if (outage == Outage.Stopped)
            await cluster.StartAsync();
        else
            cluster.Thaw();

        await Eventually.Holds(program.IsReadyAsync);
        var rest = await stream.ReadToEndAsync();
        rest[^1].Event.ShouldBe("completed");
        rest[^1].Data.Text("answer.content").ShouldBe("It comes all the same.");
        await Eventually.Value(() => program.Http.AskAsync("After?"), _ => true);
        var acknowledged = await traffic.StopAsync();
        acknowledged.ShouldNotBeEmpty();
        foreach (var (sessionId, question) in acknowledged.Append((started.Text("sessionId")!, "Meanwhile?")))
        {
            var messages = await program.Http.MessagesAsync(sessionId);
            messages.Count.ShouldBe(2);
            messages[0].Text("content").ShouldBe(question);
            messages[1].Text("status").ShouldBe("completed");
        }
    }

    [Test]
    public async Task It_starts_without_its_database_and_becomes_ready_with_it()
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("A database can only be stopped if PostgreSQL's programs are installed.");
        await using var cluster = await PostgresCluster.CreateAsync();
        await cluster.StopAsync();
        var workplace = new Workplace();
        workplace.Settings["DATABASE_URL"] = cluster.Url;

        var program = Launch(workplace);
        await Eventually.Holds(async () => await program.Http.StatusAsync("/health/live") == HttpStatusCode.OK);
        await UnreadyAsync(program);
        await RefusedAsync(() => program.Http.PostQuestionAsync("Too early?"));

        await cluster.StartAsync();
        await program.ReadyAsync();
        (await program.Http.AskAsync("In time?")).Text("answer.status").ShouldBe("completed");
    }

    private static async Task RefusedAsync(Func<Task<HttpResponseMessage>> send)
    {
        var clock = Stopwatch.StartNew();
        using var response = await send();
        clock.Elapsed.ShouldBeLessThan(_refusalLimit);
        var problem = await response.JsonAsync(HttpStatusCode.ServiceUnavailable);
        problem.Text("code").ShouldBe("database_unavailable");
        response.Headers.RetryAfter.ShouldNotBeNull();
        response.Content.Headers.ContentType.ShouldNotBeNull().MediaType.ShouldBe("application/problem+json");
    }

    private static async Task UnreadyAsync(QrAiProcess program)
    {
        var clock = Stopwatch.StartNew();
        (await program.Http.StatusAsync("/health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        clock.Elapsed.ShouldBeLessThan(_refusalLimit);
    }

    /// <summary>Callers that keep asking whatever the response, and record the acknowledged questions.</summary>
    private sealed class Traffic : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentBag<(string SessionId, string Question)> _acknowledged = [];
        private readonly Task _callers;

        public Traffic(HttpClient http) =>
            _callers = Task.WhenAll(Enumerable.Range(1, 4).Select(c => AskAsync(http, c)));

        public async Task<IReadOnlyCollection<(string SessionId, string Question)>> StopAsync()
        {
            await _stop.CancelAsync();
            await _callers;
            return _acknowledged;
        }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        private async Task AskAsync(HttpClient http, int caller)
        {
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            for (var number = 1; !_stop.IsCancellationRequested; number++)
            {
                var question = $"Question {number} of caller {caller}";
                using var response = await http.PostQuestionAsync(question);
                if (response.StatusCode == HttpStatusCode.OK)
                    _acknowledged.Add(((await response.JsonAsync()).Text("sessionId")!, question));
                else
                    await response.JsonAsync(HttpStatusCode.ServiceUnavailable);
                await pace.WaitForNextTickAsync();
            }
        }
    }
}
