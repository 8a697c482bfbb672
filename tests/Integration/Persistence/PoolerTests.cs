using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Backups;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Persistence;
using QrAi.Tests.Integration.Answers;
using QrAi.Tests.Integration.Backups;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>The service behind a PgBouncer that assigns each transaction to any free one of four sessions.</summary>
public sealed class PoolerTests
{
    private const string SettingName = "DATABASE_POOLER=transaction";

    private static readonly Dictionary<string, string> _pooled = new()
    {
        ["DATABASE_POOLER"] = "transaction",
        ["LEASE_SECONDS"] = "3",
    };

    private string _database = "";
    private ScriptedProvider _provider = null!;
    private PgBouncer _pooler = null!;

    private string Url => _pooler.UrlOf(_database);

    [SetUp]
    public async Task StartAsync()
    {
        _database = await TestRun.Server.CreateDatabaseAsync();
        _provider = await ScriptedProvider.StartAsync();
        _pooler = await StartPoolerAsync(ignoresOptions: false);
    }

    [TearDown]
    public async Task EndAsync()
    {
        if (_pooler is not null)
            await _pooler.DisposeAsync();
        await _provider.DisposeAsync();
        await TestRun.Server.DropDatabaseAsync(_database);
    }

    [Test]
    public async Task Services_that_start_concurrently_on_an_empty_database_migrate_it_once_and_reset_its_sessions()
    {
        var services = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => QrAiHost.StartAsync(Url, _provider, _pooled))
        );

        foreach (var service in services)
            (await service.AskAsync("Ready?")).Answer.Status.ShouldBe("completed");
        await using var beside = await Sql.OpenAsync(_database);
        (
            await beside.NumberAsync(
                "SELECT count(*) FROM pg_locks JOIN pg_database AS b ON b.oid = database "
                    + "WHERE locktype = 'advisory' AND datname = current_database()"
            )
        ).ShouldBe(0);
        await ShouldHaveCleanSessionsAsync();
        foreach (var service in services)
            await service.DisposeAsync();
    }

    [Test]
    public async Task Many_concurrent_questions_and_streams_are_all_answered()
    {
        _provider.RespondWith = request => Reply.Answer("Re: ", request.Messages[^1].Content);
        await using var one = await QrAiHost.StartAsync(Url, _provider, _pooled);
        await using var other = await QrAiHost.StartAsync(Url, _provider, _pooled);

        await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(async caller =>
                {
                    var service = caller % 2 == 0 ? one : other;
                    var session = (await service.AskAsync($"First {caller}")).SessionId;
                    for (var number = 0; number < 5; number++)
                    {
                        var question = $"Question {caller}.{number}";
                        await using var stream = await service.AskStreamingAsync(question, session);
                        var events = await stream.ReadToEndAsync();
                        events[^1].Event.ShouldBe("completed");
                        events.Text().ShouldBe($"Re: {question}");
                    }

                    (await service.ListMessagesAsync(session)).Items.Count.ShouldBe(12);
                    await service.RenameSessionAsync(session, $"Session {caller}");
                })
        );

        (await one.ListSessionsAsync(q: "Session 1")).Items.Count.ShouldBe(11);
        await ShouldHaveCleanSessionsAsync();
    }

    [Test]
    public async Task An_answer_whose_process_died_is_taken_over()
    {
        var (before, after) = (_provider.Gate(), _provider.Gate());
        await using var one = await QrAiHost.StartAsync(Url, _provider, _pooled);
        await using var other = await QrAiHost.StartAsync(Url, _provider, _pooled);
        before.Send("Half an ");
        await using var stream = await one.AskStreamingAsync("Whole?");
        await stream.ReadAsync();
        await stream.ReadAsync();
        await using var database = await Sql.OpenAsync(_database);
        await Eventually.Holds(async () => await database.NumberAsync("SELECT count(*) FROM answer_pieces") == 1);

        await database.ExecuteAsync(
            $"UPDATE messages SET worker_id = '{Guid.CreateVersion7()}' WHERE status = 'generating'"
        );
        after.Finish("A whole answer.");

        (await stream.ReadToEndAsync()).Text().ShouldBe("A whole answer.");
        (
            await database.NumberAsync(
                "SELECT count(*) FROM workers WHERE heartbeat_at > clock_timestamp() - interval '3 s'"
            )
        ).ShouldBe(2);
    }

    [Test]
    public async Task Without_the_setting_a_start_and_a_check_name_it([Values] bool ignoresOptions)
    {
        await _pooler.DisposeAsync();
        _pooler = await StartPoolerAsync(ignoresOptions);

        await using var qrai = await QrAiHost.StartAsync(Url, _provider, waitUntilReady: false);
        var state = qrai.Services.GetRequiredService<DatabaseState>();
        await Eventually.Holds(() => state.Refusal is not null);
        var check = await CheckAsync();

        state.Refusal.ShouldNotBeNull().ShouldContain(SettingName);
        check.Passed.ShouldBeFalse();
        check.Detail.ShouldContain(SettingName);
    }

    [Test]
    public async Task With_the_setting_a_check_passes()
    {
        var check = await CheckAsync(("DATABASE_POOLER", "transaction"));

        check.Passed.ShouldBeTrue(check.Detail);
        check.Facts["pool"].ShouldBe("30 connections to the pooler");
    }

    [TestCase("transaction", "DATABASE_POOLER=none")]
    [TestCase("none", "it is behind a pooler")]
    public async Task A_backup_requires_a_direct_connection_and_does_not_affect_services(string pooler, string reason)
    {
        await using var qrai = await QrAiHost.StartAsync(Url, _provider, _pooled);
        await using var program = BackupProgram.Create(
            new()
            {
                ["DATABASE_URL"] = Url,
                ["DATABASE_POOLER"] = pooler,
                ["BACKUP_DIRECTORY"] = TestRun.NewFolder(),
            },
            clock: null,
            archive: null
        );

        var failure = await Should.ThrowAsync<BackupFailedException>(() => program.Sender.Send(new CreateBackup()));

        failure.Message.ShouldContain(reason);
        (await qrai.AskAsync("Still there?")).Answer.Status.ShouldBe("completed");
    }

    private async Task<PgBouncer> StartPoolerAsync(bool ignoresOptions)
    {
        try
        {
            return await PgBouncer.StartAsync(_database, ignoresOptions: ignoresOptions);
        }
        catch (NotSupportedException exception)
        {
            Assert.Ignore(exception.Message);
            throw;
        }
    }

    private Task<CheckOutcome> CheckAsync(params (string Name, string Value)[] settings) =>
        Checks.RunAsync(CheckNames.Database, clock: null, [("DATABASE_URL", Url), .. settings]);

    /// <summary>Inspects every session of the pooler; concurrently, so that each query gets a different one.</summary>
    private async Task ShouldHaveCleanSessionsAsync()
    {
        var states = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    await using var session = await Sql.OpenAsync(Url);
                    return await session.TextAsync(
                        """
                        SELECT concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout'),
                          current_setting('search_path'), (SELECT count(*) FROM pg_prepared_statements), pg_sleep(0.5))
                        """
                    );
                })
        );

        states.ShouldAllBe(state => state.Trim() == "0 0 \"$user\", public 0");
    }
}
