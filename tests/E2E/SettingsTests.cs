namespace QrAi.Tests.E2E;

public sealed class SettingsTests : ProgramTests
{
    private const int InvalidSettings = 78;

    [Test]
    public async Task The_environment_is_stronger_than_the_environments_file_and_that_than_the_common_one()
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
        // Nearer than the common one, and still below the root.
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
    public async Task A_setting_that_is_empty_counts_as_not_set()
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
        // In a work tree it is a file.
        workplace.Write("repository/.git", "gitdir: elsewhere");

        await StartAsync(workplace);
    }

    [TestCase("ENVIRONMENT", "test")]
    [TestCase("ASPNETCORE_ENVIRONMENT", "Test")]
    public async Task The_environment_chooses_its_file(string setting, string value)
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
        workplace.Write(".env", "LLM_PROVIDERS=openrouter,oracle");

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

    private static async Task<string?> ModelOfAsync(QrAiProcess program, string provider) =>
        (await program.Http.AskAsync("Which model?", provider: provider)).Text("answer.model");

    /// <summary>Every line must name a setting and say something about it.</summary>
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
