using System.Net;
using System.Net.Sockets;

namespace QrAi.Tests.E2E;

public sealed class SettingsTests : ProgramTests
{
    private const int InvalidSettings = 78;

    [Test]
    public async Task The_environment_overrides_the_file_of_the_environment_which_overrides_the_common_file()
    {
        var provider = await StartProviderAsync();
        var workplace = new Workplace();
        workplace.Write(
            ".env",
            $"OPENROUTER_API_KEY={Workplace.OpenRouterKey}",
            $"OPENROUTER_BASE_URL={provider.BaseUrl}",
            "OPENROUTER_MODEL=from-common-file",
            $"GOOGLE_AI_API_KEY={Workplace.GoogleAiKey}",
            "GOOGLE_AI_BASE_URL=http://127.0.0.1:9/nobody",
            "GOOGLE_AI_MODEL=from-common-file",
            "LLM_PROVIDERS=offline,google-ai,openrouter"
        );
        // Closer than the common file, and still below the root.
        workplace.Write(
            "services/.env.development",
            "OPENROUTER_MODEL=from-environments-file",
            "GOOGLE_AI_MODEL=from-environments-file",
            $"GOOGLE_AI_BASE_URL={provider.BaseUrl}"
        );
        workplace.Folder = Directory.CreateDirectory(Path.Combine(workplace.Root, "services", "qrai")).FullName;
        workplace.Settings["OPENROUTER_MODEL"] = "from-environment";

        var program = await StartAsync(workplace);

        program.Output.ShouldContain("offline, google-ai, openrouter");
        (await ModelOfAsync(program, "openrouter")).ShouldBe("from-environment");
        (await ModelOfAsync(program, "google-ai")).ShouldBe("from-environments-file");
        provider.Requests.Select(request => request.Model).ShouldBe(["from-environment", "from-environments-file"]);
    }

    [Test]
    public async Task An_empty_setting_counts_as_not_set()
    {
        var provider = await StartProviderAsync();
        var workplace = new Workplace().WithOpenRouter(provider);
        workplace.Settings["OPENROUTER_MODEL"] = "";
        workplace.Settings["GOOGLE_AI_API_KEY"] = "";
        workplace.Settings["DATABASE_URL"] = "";
        workplace.Settings["LOG_LEVEL"] = " ";
        workplace.Write(".env.development", "OPENROUTER_MODEL=");
        workplace.Write(".env", "OPENROUTER_MODEL=from-common-file");

        var program = await StartAsync(workplace);

        (await ModelOfAsync(program, "openrouter")).ShouldBe("from-common-file");
    }

    [Test]
    public async Task Files_above_the_repositorys_root_are_not_read()
    {
        var workplace = new Workplace();
        workplace.Write(".env", "LOG_LEVEL=nonsense");
        workplace.Folder = Directory.CreateDirectory(Path.Combine(workplace.Root, "repository")).FullName;
        // In a Git work tree .git is a file.
        workplace.Write("repository/.git", "gitdir: elsewhere");

        await StartAsync(workplace);
    }

    [TestCase("ENVIRONMENT", "test")]
    [TestCase("ASPNETCORE_ENVIRONMENT", "Test")]
    public async Task The_environment_selects_its_file(string setting, string value)
    {
        var workplace = new Workplace();
        workplace.Write(".env", $"{setting}={value}");
        workplace.Write(".env.test", "DATABASE_URL=sqlite://chosen/test.db");
        workplace.Write(".env.development", "LOG_LEVEL=nonsense");

        var program = await StartAsync(workplace);

        program.Output.ShouldContain("(test)");
        File.Exists(Path.Combine(workplace.Folder, "chosen", "test.db")).ShouldBeTrue();
    }

    [Test]
    public async Task Invalid_settings_are_all_named_without_secrets_and_nothing_listens()
    {
        const string Secret = "s3cr3t-that-nobody-may-see";
        var workplace = new Workplace();
        workplace.Settings["ENVIRONMENT"] = "production";
        workplace.Settings["DATABASE_URL"] = $"mysql://qrai:{Secret}@localhost/qrai";
        workplace.Settings["OPENROUTER_API_KEY"] = Secret;
        workplace.Settings["GOOGLE_AI_API_KEY"] = $"{Secret} {Secret}";
        workplace.Settings["OPENROUTER_BASE_URL"] = "http://models.example";
        workplace.Settings["DATABASE_POOL_SIZE"] = "0";
        workplace.Settings["LLM_MAX_RETRIES"] = "many";
        workplace.Settings["LOG_FORMAT"] = "xml";
        workplace.Write(".env", "LLM_PROVIDERS=openrouter,Oracle");

        var program = Launch(workplace);
        var exitCode = await program.ExitAsync();

        exitCode.ShouldBe(InvalidSettings);
        NamesIn(program.Errors)
            .ShouldBe(
                [
                    "DATABASE_URL",
                    "OPENROUTER_API_KEY",
                    "GOOGLE_AI_API_KEY",
                    "OPENROUTER_BASE_URL",
                    "DATABASE_POOL_SIZE",
                    "LLM_MAX_RETRIES",
                    "LOG_FORMAT",
                    "LLM_PROVIDERS",
                ],
                ignoreOrder: true
            );
        (program.Errors + program.Output).ShouldNotContain(Secret);
        program.Output.ShouldNotContain("listens");
        Directory.Exists(Path.Combine(workplace.Folder, "data")).ShouldBeFalse();
    }

    [Test]
    public async Task Every_invalid_setting_is_one_line_at_the_start_and_at_a_check_and_nothing_listens()
    {
        const string Secret = "s3cr3t-that-nobody-may-see";
        var lines = new Dictionary<string, (string Value, string Problem)>
        {
            ["ENVIRONMENT"] = ("staging", "must be one of development, test, production, not 'staging'"),
            ["DATABASE_URL"] = (
                $"mysql://qrai:{Secret}@localhost/qrai",
                "must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or sqlite:///absolute/path"
            ),
            ["DATABASE_POOL_SIZE"] = ("0", "must be a whole number from 1 to 500, not '0'"),
            ["DATABASE_MAX_OVERFLOW"] = ("-1", "must be a whole number from 0 to 500, not '-1'"),
            ["DATABASE_TIMEOUT_SECONDS"] = ("61", "must be a number of seconds from 1 to 60, not '61'"),
            ["DATABASE_MIGRATE_ON_START"] = ("yes", "must be true or false, not 'yes'"),
            ["DATABASE_POOLER"] = ("session", "must be one of none, transaction, not 'session'"),
            ["LLM_PROVIDERS"] = (
                "openrouter,Oracle",
                "must be a comma-separated list of names of lower-case letters, digits and hyphens, such as openrouter, "
                    + "google-ai, offline, ollama; 'Oracle' is none"
            ),
            ["OPENROUTER_API_KEY"] = (Secret, "must begin with sk-or- and have no white space"),
            ["OPENROUTER_BASE_URL"] = ("models.test", "must be an absolute http or https address"),
            ["GOOGLE_AI_API_KEY"] = ($"{Secret} {Secret}", "must have at least 20 characters and no white space"),
            ["GOOGLE_AI_BASE_URL"] = ("https://models.test?a=b", "must be an address without a query or a fragment"),
            ["LLM_FIRST_TOKEN_SECONDS"] = ("soon", "must be a number of seconds from 0.1 to 600, not 'soon'"),
            ["LLM_TOTAL_SECONDS"] = ("0", "must be a number of seconds from 0.1 to 3600, not '0'"),
            ["LLM_MAX_RETRIES"] = ("6", "must be a whole number from 0 to 5, not '6'"),
            ["LLM_HISTORY_MESSAGES"] = ("201", "must be a whole number from 0 to 200, not '201'"),
            ["BACKUP_DIRECTORY"] = ("/dev/null", "must be a folder, not a file"),
            ["BACKUP_BLOB_CONTAINER_URL"] = (
                $"https://account.blob.core.windows.net/name?sig={Secret}",
                "must have no query and no user: access uses Azure's default credential"
            ),
            ["AZURE_STORAGE_CONNECTION_STRING"] = (
                Secret,
                "must be a storage account's connection string, with AccountName and AccountKey or SharedAccessSignature"
            ),
            ["BACKUP_BLOB_CONTAINER"] = (
                "?",
                "must be 3 to 63 lower-case letters, digits and single hyphens between them, not '?'"
            ),
            ["BACKUP_SCHEDULE"] = ("daily", "must be a cron expression of five fields, like 0 3 * * *, not 'daily'"),
            ["AUTHENTICATION"] = ("basic", "must be none, api-key, jwt or api-key,jwt, not 'basic'"),
            ["JWT_AUTHORITY"] = (
                "issuer",
                "must be an issuer's absolute http or https address, without query and user"
            ),
            ["RATE_LIMIT_PER_MINUTE"] = ("-1", "must be a whole number from 0 to 100000, not '-1'"),
            ["RATE_LIMIT_BURST"] = ("many", "must be a whole number from 0 to 100000, not 'many'"),
            ["STREAMS_PER_CALLER"] = ("-1", "must be a whole number from 0 to 100000, not '-1'"),
            ["REQUEST_TIMEOUT_SECONDS"] = ("0", "must be a number of seconds from 0.1 to 600, not '0'"),
            ["CORS_ORIGINS"] = ("*", "must be a comma-separated list of origins such as https://app.example, not '*'"),
            ["TRUSTED_PROXIES"] = (
                "proxy",
                "must be a comma-separated list of addresses and networks such as 10.0.0.5,10.1.0.0/16, not 'proxy'"
            ),
            ["SHUTDOWN_SECONDS"] = ("3601", "must be a number of seconds from 0 to 3600, not '3601'"),
            ["LOG_LEVEL"] = ("LOUD", "must be one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, not 'LOUD'"),
            ["LOG_FORMAT"] = ("xml", "must be one of console, json, not 'xml'"),
        };
        var workplace = new Workplace();
        foreach (var (name, (value, _)) in lines)
            workplace.Settings[name] = value;

        await ShouldRefuseAsync(workplace, [.. lines.Select(line => $"{line.Key}: {line.Value.Problem}")], Secret);
    }

    [Test]
    public async Task Every_setting_that_only_production_refuses_is_also_one_line()
    {
        var workplace = new Workplace();
        workplace.Settings["ENVIRONMENT"] = "production";
        workplace.Settings["DATABASE_URL"] = "sqlite://data/qrai.db";
        workplace.Settings["LLM_PROVIDERS"] = "openrouter,google-ai";
        workplace.Settings["OPENROUTER_BASE_URL"] = "http://models.test";
        workplace.Settings["GOOGLE_AI_BASE_URL"] = "http://models.test";
        workplace.Settings["AUTHENTICATION"] = "none";
        workplace.Settings["JWT_AUTHORITY"] = "http://issuer.test";
        const string Encrypted = "must be an https address in production, or http to this machine only";

        await ShouldRefuseAsync(
            workplace,
            [
                "DATABASE_URL: must be a postgresql:// address in production",
                "OPENROUTER_API_KEY: must be set, because LLM_PROVIDERS names openrouter",
                "GOOGLE_AI_API_KEY: must be set, because LLM_PROVIDERS names google-ai",
                $"OPENROUTER_BASE_URL: {Encrypted}",
                $"GOOGLE_AI_BASE_URL: {Encrypted}",
                "AUTHENTICATION: must be api-key, jwt or api-key,jwt in production",
                $"JWT_AUTHORITY: {Encrypted}",
            ]
        );
    }

    [Test]
    public async Task A_provider_of_embeddings_without_its_model_and_its_address_is_refused()
    {
        var workplace = new Workplace();
        workplace.Settings["EMBEDDING_PROVIDER"] = "vectors";

        await ShouldRefuseAsync(
            workplace,
            [
                "VECTORS_BASE_URL: must be set, because EMBEDDING_PROVIDER names vectors",
                "EMBEDDING_MODEL: must be set, because EMBEDDING_PROVIDER is",
            ]
        );
    }

    [Test]
    public async Task An_unreadable_settings_file_is_named()
    {
        var workplace = new Workplace();
        // It exists, but cannot be read by any user.
        File.CreateSymbolicLink(Path.Combine(workplace.Root, ".env"), "/proc/self/mem");

        var (exitCode, _, errors) = await RunAsync(workplace);

        exitCode.ShouldBe(InvalidSettings);
        errors.ShouldBe($".env: must be a file of NAME=value lines that can be read: {workplace.Root}/.env\n");
    }

    [Test]
    public async Task An_invalid_line_of_a_file_is_reported_by_its_number_and_not_shown()
    {
        const string Secret = "s3cr3t-that-nobody-may-see";
        var workplace = new Workplace();
        workplace.Write(".env", "# settings", "export LOG_FORMAT='json'", "", $"OPENROUTER_API_KEY {Secret}");

        var (exitCode, output, errors) = await RunAsync(workplace);
        var check = await RunAsync(workplace, "check", "environment");

        exitCode.ShouldBe(InvalidSettings);
        errors.ShouldBe(
            ".env:4: must be NAME=value, export NAME=value or a # comment, with quotes closed on the line, in "
                + $"{workplace.Root}/.env\n"
        );
        (check.ExitCode, check.Errors).ShouldBe((InvalidSettings, errors));
        (output + errors + check.Output).ShouldNotContain(Secret);
    }

    [Test]
    public async Task An_unknown_environment_is_refused()
    {
        var workplace = new Workplace();
        workplace.Settings["ENVIRONMENT"] = "staging";

        var program = Launch(workplace);

        (await program.ExitAsync()).ShouldBe(InvalidSettings);
        NamesIn(program.Errors).ShouldBe(["ENVIRONMENT"]);
        program.Errors.ShouldContain("development, test, production");
    }

    [TestCase("")]
    [TestCase("sqlite://data/qrai.db")]
    public async Task Production_without_PostgreSQL_is_refused(string url)
    {
        var workplace = new Workplace();
        workplace.Settings["ENVIRONMENT"] = "production";
        workplace.Settings["DATABASE_URL"] = url;

        var program = Launch(workplace);

        (await program.ExitAsync()).ShouldBe(InvalidSettings);
        NamesIn(program.Errors).ShouldContain("DATABASE_URL");
        program.Errors.ShouldContain("postgresql://");
    }

    /// <summary>Asserts that the start and the check report the same errors, and that nothing listens.</summary>
    private async Task ShouldRefuseAsync(Workplace workplace, string[] lines, string secret = "none")
    {
        // An attempt to listen there would fail with another exit code.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var start = await RunAsync(workplace, "--urls", $"http://{listener.LocalEndpoint}");
        var check = await RunAsync(workplace, "check", "environment");

        start.ExitCode.ShouldBe(InvalidSettings, start.Errors);
        start.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(lines, ignoreOrder: true);
        start.Output.ShouldBeEmpty();
        check.ExitCode.ShouldBe(InvalidSettings);
        check.Errors.ShouldBe(start.Errors);
        check.Output.ShouldStartWith("FAILED environment These settings are invalid: ");
        (start.Errors + check.Output).ShouldNotContain(secret);
    }

    private static async Task<string?> ModelOfAsync(QrAiProcess program, string provider) =>
        (await program.Http.AskAsync("Which model?", provider: provider)).Text("answer.model");

    /// <summary>Returns the settings of all lines, each of which must have a message.</summary>
    private static List<string> NamesIn(string errors) =>
        [
            .. errors
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line =>
                {
                    line.ShouldMatch("^[A-Z_]+: .+");
                    return line.Split(':')[0];
                }),
        ];
}
