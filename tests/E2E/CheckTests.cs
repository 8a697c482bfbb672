using System.Text.Json;

namespace QrAi.Tests.E2E;

public sealed class CheckTests : ProgramTests
{
    [Test]
    public async Task Each_healthy_component_is_one_line_and_the_check_succeeds()
    {
        var provider = await StartProviderAsync();
        provider.Key = Workplace.OpenRouterKey;
        var workplace = (await new Workplace().WithAsync(Database.Postgres)).WithOpenRouter(provider);
        workplace.Write(".env", "BACKUP_DIRECTORY=backups", "LLM_PROVIDERS=openrouter,offline");

        var (exitCode, output, errors) = await RunAsync(workplace, "check");

        exitCode.ShouldBe(0, output + errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4);
        lines[0].ShouldStartWith("ok     environment development: environment has DATABASE_URL, ");
        lines[0].ShouldEndWith("; .env has BACKUP_DIRECTORY, LLM_PROVIDERS; the others have their defaults.");
        lines[1]
            .ShouldMatch(
                "^ok     database PostgreSQL .+: server [0-9.]+, latency [0-9.]+ ms, pool 30 of [0-9]+ connections, "
                    + @".*migrations [0-9]+ pending \(the start applies them\)$"
            );
        lines[2]
            .ShouldMatch(
                @"^ok     providers openrouter accepts the key \([0-9]+ ms\); offline answers without a network"
            );
        lines[3].ShouldMatch("^ok     storage folder .+/backups can be written, [0-9]+ MiB free$");
        output.ShouldNotContain(Workplace.OpenRouterKey);
        Directory.Exists(Path.Combine(workplace.Folder, "backups")).ShouldBeFalse();

        // Nothing was migrated: the next check reports the same, as JSON and only for the named components.
        var json = await RunAsync(workplace, "check", "--json", "providers", "database");
        json.ExitCode.ShouldBe(0, json.Errors);
        using var document = JsonDocument.Parse(json.Output);
        document.RootElement.GetProperty("status").GetString().ShouldBe("ok");
        var checks = document.RootElement.GetProperty("checks").EnumerateArray().ToList();
        checks.Select(check => check.GetProperty("name").GetString()).ShouldBe(["database", "providers"]);
        checks[0]
            .GetProperty("facts")
            .GetProperty("migrations")
            .GetString()!
            .ShouldMatch(@"^[0-9]+ pending \(the start applies them\)$");
        provider.Requests.ShouldBeEmpty("A check uses no tokens.");
    }

    [Test]
    public async Task Each_failure_states_what_to_do_and_shows_no_secret()
    {
        const string Secret = "s3cr3t-that-nobody-may-see";
        var provider = await StartProviderAsync();
        provider.Key = "sk-or-another";
        var workplace = new Workplace().WithOpenRouter(provider);
        workplace.Settings["DATABASE_URL"] = $"postgresql://qrai:{Secret}@127.0.0.1:9/qrai";
        workplace.Settings["BACKUP_DIRECTORY"] = "/proc/qrai/backups";

        var (exitCode, output, errors) = await RunAsync(workplace, "check");

        exitCode.ShouldBe(1, output + errors);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4);
        lines[0].ShouldStartWith("ok     environment ");
        lines[1]
            .ShouldBe(
                "FAILED database PostgreSQL 127.0.0.1:9/qrai: The database cannot be reached. "
                    + "Start the server, or check host and port in DATABASE_URL."
            );
        lines[2].ShouldBe("FAILED providers openrouter rejects the key (401). Check OPENROUTER_API_KEY.");
        lines[3].ShouldStartWith("FAILED storage folder /proc/qrai/backups cannot be written: ");
        foreach (var secret in new[] { Secret, Workplace.OpenRouterKey })
            (output + errors).ShouldNotContain(secret);
    }

    [TestCase("nope")]
    [TestCase("database", "Storage")]
    public async Task An_unknown_name_is_wrong_usage(params string[] names)
    {
        var (exitCode, output, errors) = await RunAsync(new Workplace(), ["check", .. names]);

        exitCode.ShouldBe(2);
        output.ShouldBeEmpty();
        errors.ShouldEndWith("See check --help.\n");
    }
}
