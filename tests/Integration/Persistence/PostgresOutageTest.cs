using System.Diagnostics;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A test with a separate PostgreSQL server, which it stops, freezes and restarts.</summary>
public abstract class PostgresOutageTest
{
    /// <summary>
    /// The driver alone would wait twice the limit: it asks the server to cancel a statement before it abandons it. The
    /// difference leaves time for a busy machine.
    /// </summary>
    private protected static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private protected static readonly TimeSpan MaxRefusal = Timeout * 1.8;

    private PostgresCluster? _cluster;
    private ScriptedProvider? _provider;

    private protected PostgresCluster Cluster => _cluster!;

    private protected ScriptedProvider Provider => _provider!;

    [SetUp]
    public async Task SetUpAsync()
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("PostgreSQL's server programs are not installed.");
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

    /// <summary>Asserts that every route reports the unavailable database in time, and not missing data.</summary>
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
                clock.Elapsed.ShouldBeLessThan(MaxRefusal, $"{route.Method} {route.Path}");
            })
        );
        // Errors of the request itself are still reported.
        await qrai.TryAskAsync(" ").ShouldBeProblem(400, "invalid_request", "question");
    }
}
