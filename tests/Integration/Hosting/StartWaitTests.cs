using System.Net;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Migrations;
using QrAi.Tests.Integration.Health;

namespace QrAi.Tests.Integration.Hosting;

/// <summary>Requests during the preparation of the database at the start.</summary>
public sealed class StartWaitTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [Test]
    public async Task Requests_before_the_database_is_ready_wait_for_it()
    {
        var migrator = new SlowMigrator();
        await using var qrai = await StartSlowlyAsync(migrator, seconds: 60);
        await migrator.Asked;

        var asking = qrai.AskAsync("First?");
        var listing = qrai.ListSessionsAsync();
        await HealthTests.HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable);
        asking.IsCompleted.ShouldBeFalse();
        listing.IsCompleted.ShouldBeFalse();
        migrator.Finish();

        (await asking).Answer.Status.ShouldBe("completed");
        await listing;
    }

    [Test]
    public async Task Requests_wait_no_longer_than_for_a_connection()
    {
        var migrator = new SlowMigrator();
        await using var qrai = await StartSlowlyAsync(migrator, seconds: 1);
        await migrator.Asked;

        await qrai.TryAskAsync("First?").ShouldBeProblem(503, "database_unavailable");

        migrator.Finish();
        await qrai.ReadyAsync();
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    private async Task<QrAiHost> StartSlowlyAsync(SlowMigrator migrator, int seconds) =>
        await QrAiHost.StartAsync(
            await DatabaseUrlAsync(),
            Provider,
            new() { ["DATABASE_TIMEOUT_SECONDS"] = $"{seconds}" },
            services => services.AddSingleton<IDatabaseMigrator>(migrator),
            waitUntilReady: false
        );

    /// <summary>Checks the database slowly; all migrations are applied.</summary>
    private sealed class SlowMigrator : IDatabaseMigrator
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Asked => _asked.Task.WaitAsync(Eventually.DefaultLimit);

        public void Finish() => _finished.SetResult();

        public Task RequireUsableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task<IReadOnlyList<MigrationDto>> ListAsync(CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await _finished.Task.WaitAsync(cancellationToken);
            return [];
        }

        public IAsyncEnumerable<MigrationStep> MigrateAsync(
            string? target,
            bool mayRevert,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<string> ScriptAsync(string? target, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
