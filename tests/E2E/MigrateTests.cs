using CliWrap;
using CliWrap.Buffered;
using Npgsql;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E;

public sealed class MigrateTests : ProgramTests
{
    private const string Initial = "_Initial";
    private const string Newer = "29990101000000_OfTomorrow";

    [Test]
    public async Task It_migrates_up_and_down_and_prints_each_migration([Values] Database database)
    {
        var workplace = await new Workplace().WithAsync(database);

        (await MigrateAsync(workplace, "--list")).ShouldMatch($"^pending \\d+{Initial}\n");
        (await MigrateAsync(workplace)).ShouldMatch($"^applied \\d+{Initial}\n");
        (await MigrateAsync(workplace)).ShouldBeEmpty();
        (await MigrateAsync(workplace, "--list")).ShouldMatch($"^applied \\d+{Initial}\n");
        await MigrateAsync(workplace, expected: 2, "--to", "0");
        (await MigrateAsync(workplace, "--to", "0", "--yes")).ShouldMatch($"reverted \\d+{Initial}\n$");
    }

    [Test]
    public async Task The_script_does_what_the_verb_does()
    {
        Assume.That(PostgresBinaries.PathOf("psql"), Is.Not.Null, "PostgreSQL's client programs are required.");
        var workplace = await new Workplace().WithAsync(Database.Postgres);

        foreach (var (target, state) in new[] { (null, "applied"), ("0", "pending"), (null, "applied") })
        {
            // Each script is for the current schema: an index that is created concurrently allows no conditions.
            string[] to = target is null ? [] : ["--to", target];
            await RunScriptAsync(workplace, await MigrateAsync(workplace, ["--script", .. to]));

            (await MigrateAsync(workplace, "--list"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .ShouldAllBe(line => line.StartsWith(state, StringComparison.Ordinal));
        }
    }

    [Test]
    public async Task Verbs_and_services_that_start_concurrently_on_one_empty_database_migrate_it_once()
    {
        var workplace = await new Workplace().WithAsync(Database.Postgres);

        var verbs = Enumerable.Range(1, 3).Select(_ => Launch(workplace, Nowhere, "migrate")).ToList();
        var service = Launch(workplace);
        var exits = await Task.WhenAll(verbs.Select(verb => verb.ExitAsync()));
        await service.ReadyAsync();

        exits.ShouldAllBe(code => code == 0);
        var applied = verbs.Count(verb => verb.Output.Contains("applied", StringComparison.Ordinal));
        var byService = service.Output.Contains("Applied", StringComparison.Ordinal) ? 1 : 0;
        (applied + byService).ShouldBe(1);
        (await service.Http.AskAsync("Who migrated?")).Text("answer.status").ShouldBe("completed");
    }

    [Test]
    public async Task A_killed_migrator_does_not_block_the_next_one()
    {
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        await using var server = NpgsqlDataSource.Create(
            PostgresUrl.ToConnectionString(workplace.Settings["DATABASE_URL"])
        );
        await using var connection = await server.OpenConnectionAsync();
        // Blocks the creation of a table of the same name until its end.
        await using var blocker = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, "CREATE TABLE messages (id integer)");
        var killed = Launch(workplace, Nowhere, "migrate");
        await Eventually.Holds(() => killed.Errors.Contains("in use", StringComparison.Ordinal));
        var next = Launch(workplace, Nowhere, "migrate");
        await Eventually.Holds(() => next.Errors.Contains("Another process", StringComparison.Ordinal));

        killed.Kill();
        await killed.ExitAsync();
        await blocker.RollbackAsync();

        (await next.ExitAsync()).ShouldBe(0);
        next.Output.ShouldMatch($"^applied \\d+{Initial}\n(applied .+\n)*$");
        killed.Output.ShouldBeEmpty();
    }

    [Test]
    public async Task Stopped_during_a_migration_it_changes_nothing()
    {
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        await using var server = NpgsqlDataSource.Create(
            PostgresUrl.ToConnectionString(workplace.Settings["DATABASE_URL"])
        );
        await using var connection = await server.OpenConnectionAsync();
        await using var blocker = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, "CREATE TABLE messages (id integer)");
        var stopped = Launch(workplace, Nowhere, "migrate");
        await Eventually.Holds(() => stopped.Errors.Contains("in use", StringComparison.Ordinal));

        stopped.Terminate();

        (await stopped.ExitAsync()).ShouldBe(1);
        stopped.Errors.ShouldEndWith("Stopped before the end.\n");
        stopped.Output.ShouldBeEmpty();
        await blocker.RollbackAsync();
        (await MigrateAsync(workplace)).ShouldMatch($"^applied \\d+{Initial}\n");
    }

    [Test]
    public async Task A_program_older_than_the_schema_refuses_to_serve_and_to_migrate([Values] bool migratesOnStart)
    {
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        workplace.Settings["DATABASE_MIGRATE_ON_START"] = migratesOnStart ? "true" : "false";
        await MigrateAsync(workplace);
        await using var server = NpgsqlDataSource.Create(
            PostgresUrl.ToConnectionString(workplace.Settings["DATABASE_URL"])
        );
        await using (var connection = await server.OpenConnectionAsync())
            await ExecuteAsync(connection, $"INSERT INTO \"__EFMigrationsHistory\" VALUES ('{Newer}', '99.0.0')");

        var service = Launch(workplace);
        (await service.ExitAsync()).ShouldBe(1);
        var verb = Launch(workplace, Nowhere, "migrate");
        (await verb.ExitAsync()).ShouldBe(1);

        foreach (var errors in new[] { service.Errors, verb.Errors })
        {
            errors.ShouldContain(Newer);
            errors.Trim().ShouldNotContain('\n');
        }

        (await MigrateAsync(workplace, "--list")).ShouldContain($"unknown {Newer}\n");
    }

    [Test]
    public async Task All_invalid_settings_are_named_before_anything_is_done()
    {
        var workplace = new Workplace();
        workplace.Settings["DATABASE_POOL_SIZE"] = "0";
        workplace.Settings["LOG_FORMAT"] = "xml";
        var program = Launch(workplace, Nowhere, "migrate");

        (await program.ExitAsync()).ShouldBe(78);

        program
            .Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':')[0])
            .ShouldBe(["DATABASE_POOL_SIZE", "LOG_FORMAT"]);
        Directory.Exists(Path.Combine(workplace.Folder, "data")).ShouldBeFalse();
    }

    private Task<string> MigrateAsync(Workplace workplace, params string[] options) =>
        MigrateAsync(workplace, expected: 0, options);

    private async Task<string> MigrateAsync(Workplace workplace, int expected, params string[] options)
    {
        var (exitCode, output, errors) = await RunAsync(workplace, ["migrate", .. options]);
        exitCode.ShouldBe(expected, errors);
        return output;
    }

    private static async Task RunScriptAsync(Workplace workplace, string script)
    {
        using var limit = new CancellationTokenSource(Eventually.DefaultLimit, TimeProvider.System);
        var result = await Cli.Wrap(PostgresBinaries.PathOf("psql")!)
            .WithArguments(["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"])
            .WithEnvironmentVariables(
                PostgresUrl
                    .ToEnvironment(workplace.Settings["DATABASE_URL"])
                    .ToDictionary(one => one.Key, string? (one) => one.Value)
            )
            .WithStandardInputPipe(PipeSource.FromString(script))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        result.ExitCode.ShouldBe(0, result.StandardError);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the statements are constants of the tests
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
