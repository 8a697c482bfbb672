using System.Diagnostics;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A service over a PostgreSQL server of its own, which the test stops, freezes and starts again.</summary>
public abstract class PostgresOutageTest
{
    /// <summary>
    /// The driver alone would wait twice as long as the limit: it asks the server to cancel a statement before it gives it
    /// up. Between the two a busy machine has time for everything else.
    /// </summary>
    private protected static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private protected static readonly TimeSpan LongestRefusal = Timeout * 1.8;

    private PostgresCluster? _cluster;
    private ScriptedProvider? _provider;

    private protected PostgresCluster Cluster => _cluster!;

    private protected ScriptedProvider Provider => _provider!;

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

    /// <summary>Every route says that it is the database, in time, and never that something is not there.</summary>
    private protected static async Task ShouldRefuseEverywhereAsync(QrAiHost qrai)
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
                clock.Elapsed.ShouldBeLessThan(LongestRefusal, $"{route.Method} {route.Path}");
            })
        );
        // What is wrong with the request itself is said all the same.
        await qrai.TryAskAsync(" ").ShouldBeProblem(400, "invalid_request", "question");
    }
}
