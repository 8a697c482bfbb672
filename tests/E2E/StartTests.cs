using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E;

public sealed class StartTests : ProgramTests
{
    private static readonly TimeSpan _firstAnswerLimit = TimeSpan.FromSeconds(20);

    [Test]
    [NonParallelizable] // it measures a time
    public async Task With_default_settings_it_reports_its_configuration_and_answers_within_20_seconds()
    {
        var workplace = new Workplace();
        var clock = Stopwatch.StartNew();
        // Another program may use the port.
        var program = IsFree(8080) ? Launch(workplace, "http://localhost:8080") : Launch(workplace);

        var answered = await Eventually.Value(
            () => program.Http.AskAsync("Who are you?"),
            _ => true,
            _firstAnswerLimit
        );

        clock.Elapsed.ShouldBeLessThan(_firstAnswerLimit);
        answered.Text("answer.status").ShouldBe("completed");
        answered.Text("answer.provider").ShouldBe("offline");
        answered.Text("answer.content").ShouldNotBeNull().ShouldContain("no language model");
        File.Exists(Path.Combine(workplace.Folder, "data", "qrai.db")).ShouldBeTrue();
        program.Output.ShouldSatisfyAllConditions(
            output => output.ShouldContain(program.Address),
            output => output.ShouldContain("development"),
            output => output.ShouldContain("SQLite data/qrai.db"),
            output => output.ShouldContain("order of failover: offline"),
            output => output.ShouldContain("OPENROUTER_API_KEY"),
            output => output.ShouldContain("GOOGLE_AI_API_KEY")
        );
    }

    [Test]
    public async Task It_names_the_providers_in_order_and_suggests_no_setting_once_there_is_a_key()
    {
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider).WithGoogleAi(provider);
        workplace.Settings["LLM_PROVIDERS"] = "google-ai,openrouter,offline";

        var program = await StartAsync(workplace);

        program.Output.ShouldContain("google-ai, openrouter, offline");
        program.Output.ShouldNotContain("OPENROUTER_API_KEY");
        (await program.Http.AskAsync("Which?")).Text("answer.provider").ShouldBe("google-ai");
    }

    [Test]
    public async Task An_address_in_use_is_reported_in_one_line()
    {
        var first = await StartAsync(new Workplace());

        var workplace = new Workplace();
        workplace.Settings["ASPNETCORE_URLS"] = first.Address;

        var second = Launch(workplace, first.Address);

        (await second.ExitAsync()).ShouldBe(1);
        second
            .Errors.Trim()
            .ShouldSatisfyAllConditions(
                line => line.ShouldContain(first.Address),
                line => line.ShouldContain("--urls"),
                line => line.ShouldNotContain(Environment.NewLine)
            );
    }

    [TestCase("sqlite:///proc/qrai/qrai.db", "The folder of the database file is not writable: ")]
    [TestCase(
        "LATIN1",
        "The database's encoding is LATIN1, which cannot store all texts. Create one with ENCODING 'UTF8'"
    )]
    public async Task A_permanent_database_problem_ends_a_start_a_migration_and_a_check_with_one_line(
        string database,
        string problem
    )
    {
        var workplace = new Workplace();
        workplace.Settings["DATABASE_URL"] = database == "LATIN1" ? await CreateLatinDatabaseAsync() : database;

        var start = Launch(workplace);
        (await start.ExitAsync()).ShouldBe(1, start.Output);
        var migration = await RunAsync(workplace, "migrate");
        var check = await RunAsync(workplace, "check", "database");

        start.Errors.ShouldStartWith(problem);
        start.Errors.Count(character => character == '\n').ShouldBe(1);
        (migration.ExitCode, migration.Output, migration.Errors).ShouldBe((1, "", start.Errors));
        check.ExitCode.ShouldBe(1);
        check.Output.ShouldStartWith("FAILED database ");
        check.Output.ShouldEndWith($": {start.Errors}");
    }

    private static async Task<string> CreateLatinDatabaseAsync()
    {
        var url = await (await TestRun.Current.PostgresAsync()).CreateDatabaseAsync();
        var name = $"{PostgresUrl.DatabaseOf(url)}_latin";
        await using var admin = new Npgsql.NpgsqlConnection(PostgresUrl.ToConnectionString(url));
        await admin.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            $"CREATE DATABASE \"{name}\" ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
            admin
        );
        await command.ExecuteNonQueryAsync();
        return PostgresUrl.WithDatabase(url, name);
    }

    [Test]
    public async Task In_production_without_a_provider_it_does_not_start_and_verbs_work()
    {
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        workplace.Settings["ENVIRONMENT"] = "production";
        workplace.Settings["LOG_FORMAT"] = "console";

        var start = await RunAsync(workplace);

        start.ExitCode.ShouldBe(78);
        start.Output.ShouldBeEmpty();
        start.Errors.ShouldBe(
            "OPENROUTER_API_KEY: must be set, or GOOGLE_AI_API_KEY, or LLM_PROVIDERS: there is no provider to answer\n"
        );
        (await RunAsync(workplace, "check", "environment")).ExitCode.ShouldBe(78);
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);
        workplace.Settings["LLM_PROVIDERS"] = "offline";
        await StartAsync(workplace);
    }

    [Test]
    public async Task The_argument_urls_sets_the_address_and_overrides_the_variable()
    {
        var workplace = new Workplace();
        workplace.Settings["ASPNETCORE_URLS"] = $"http://127.0.0.1:{LoopbackPort.FindFree()}";

        var program = await Launch(workplace).ReadyAsync();

        program.Output.ShouldContain($"listens on {program.Address} ");
    }

    [Test]
    public async Task The_variable_ASPNETCORE_URLS_sets_the_address()
    {
        var workplace = new Workplace();
        var address = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        workplace.Settings["ASPNETCORE_URLS"] = address;

        var program = await Launch(workplace, address, []).ReadyAsync();

        program.Output.ShouldContain($"listens on {address} ");
    }

    [Test]
    public async Task Readiness_depends_on_the_database_and_liveness_does_not()
    {
        var program = await StartAsync(new Workplace());

        (await program.Http.StatusAsync("/health/live")).ShouldBe(HttpStatusCode.OK);
        (await program.Http.ReadAsync("/health")).Text("checks.database.status").ShouldBe("healthy");
    }

    [Test]
    public async Task Two_processes_that_start_concurrently_on_one_empty_database_both_become_ready()
    {
        var first = await new Workplace().WithAsync(Database.Postgres);
        var second = new Workplace();
        second.Settings["DATABASE_URL"] = first.Settings["DATABASE_URL"];

        QrAiProcess[] programs = [Launch(first), Launch(second)];
        await Task.WhenAll(programs.Select(program => program.ReadyAsync()));

        var answered = await programs[0].Http.AskAsync("Who migrates?");
        var messages = await programs[1].Http.MessagesAsync(answered.Text("sessionId")!);
        messages.Select(message => message.Text("status")).ShouldBe(["completed", "completed"]);
        programs.ShouldAllBe(program => program.Errors == "");
    }

    private static bool IsFree(int port)
    {
        try
        {
            foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            {
                if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
                    continue;
                using var listener = new TcpListener(address, port);
                listener.Start();
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
