using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

public sealed class QrAiSettingsTests
{
    [Test]
    public void All_settings_are_optional()
    {
        var settings = Read();

        settings.Environment.Environment.ShouldBe(DeploymentEnvironment.Development);
        settings.Environment.ShutdownTime.ShouldBe(TimeSpan.FromSeconds(25));
        settings.Environment.Lease.ShouldBe(TimeSpan.FromSeconds(10));
        settings.Database.Address.ShouldBe(new SqliteAddress("data/qrai.db"));
        settings.Database.PoolSize.ShouldBe(10);
        settings.Database.MaxOverflow.ShouldBe(20);
        settings.Database.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
        settings.Database.MigrateOnStart.ShouldBeTrue();
        settings.Database.Pooler.ShouldBe(DatabasePooler.None);
        settings.Llm.Providers.Select(provider => provider.Name).ShouldBe(["offline"]);
        settings.Llm.FirstToken.ShouldBe(TimeSpan.FromSeconds(15));
        settings.Llm.Total.ShouldBe(TimeSpan.FromSeconds(120));
        settings.Llm.MaxRetries.ShouldBe(2);
        settings.Llm.HistoryMessages.ShouldBe(20);
        settings.Logging.Level.ShouldBe(LogLevel.Information);
        settings.Logging.Format.ShouldBe(LogFormat.Console);
    }

    [Test]
    public void Production_has_its_own_defaults()
    {
        var settings = ReadInProduction();

        settings.Environment.Environment.ShouldBe(DeploymentEnvironment.Production);
        settings.Database.MigrateOnStart.ShouldBeFalse();
        settings.Llm.Providers.ShouldBeEmpty();
        settings.Logging.Format.ShouldBe(LogFormat.Json);
    }

    [Test]
    public void A_value_that_is_empty_or_blank_counts_as_not_set()
    {
        string[] names =
        [
            "ENVIRONMENT",
            "ASPNETCORE_ENVIRONMENT",
            "DATABASE_URL",
            "DATABASE_POOL_SIZE",
            "DATABASE_MAX_OVERFLOW",
            "DATABASE_TIMEOUT_SECONDS",
            "DATABASE_MIGRATE_ON_START",
            "DATABASE_POOLER",
            "LLM_PROVIDERS",
            "OPENROUTER_API_KEY",
            "OPENROUTER_BASE_URL",
            "OPENROUTER_MODEL",
            "GOOGLE_AI_API_KEY",
            "GOOGLE_AI_BASE_URL",
            "GOOGLE_AI_MODEL",
            "LLM_FIRST_TOKEN_SECONDS",
            "LLM_TOTAL_SECONDS",
            "LLM_MAX_RETRIES",
            "LLM_HISTORY_MESSAGES",
            "LOG_LEVEL",
            "LOG_LEVELS",
            "LOG_FORMAT",
            "SHUTDOWN_SECONDS",
        ];

        foreach (var empty in new[] { "", "  ", "\t" })
        {
            var settings = Read([.. names.Select(name => (name, empty))]);
            settings.Database.ShouldBe(Read().Database);
            settings.Environment.ShouldBe(Read().Environment);
            settings.Logging.ShouldBe(Read().Logging);
            settings.Llm.Providers.Select(provider => provider.Name).ShouldBe(["offline"]);
        }
    }

    [Test]
    public void White_space_around_a_value_is_ignored() =>
        Read(("DATABASE_POOL_SIZE", " 7\r")).Database.PoolSize.ShouldBe(7);

    [Test]
    public void The_first_layer_that_sets_a_value_counts()
    {
        var settings = QrAiSettings.Read([
            Layer("environment", ("LLM_MAX_RETRIES", "1"), ("LLM_HISTORY_MESSAGES", "")),
            Layer(".env.development", ("LLM_MAX_RETRIES", "4"), ("LLM_HISTORY_MESSAGES", "40")),
            Layer(".env", ("LLM_MAX_RETRIES", "5"), ("LLM_HISTORY_MESSAGES", "50"), ("SHUTDOWN_SECONDS", "5")),
        ]);

        settings.Llm.MaxRetries.ShouldBe(1);
        settings.Llm.HistoryMessages.ShouldBe(40);
        settings.Environment.ShutdownTime.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [TestCase("development", DeploymentEnvironment.Development)]
    [TestCase("test", DeploymentEnvironment.Test)]
    public void The_environment_is_one_of_three(string name, DeploymentEnvironment environment) =>
        Read(("ENVIRONMENT", name)).Environment.Environment.ShouldBe(environment);

    [Test]
    public void The_environment_of_the_framework_counts_if_ENVIRONMENT_is_not_set()
    {
        Read(("ASPNETCORE_ENVIRONMENT", "Test")).Environment.Environment.ShouldBe(DeploymentEnvironment.Test);
        Read(("ASPNETCORE_ENVIRONMENT", "Production"), ("ENVIRONMENT", "test"))
            .Environment.Environment.ShouldBe(DeploymentEnvironment.Test);
        QrAiSettings
            .Read([
                Layer("environment", ("ASPNETCORE_ENVIRONMENT", "Production")),
                Layer(".env", ("ENVIRONMENT", "test")),
            ])
            .Environment.Environment.ShouldBe(DeploymentEnvironment.Test);
    }

    [Test]
    public void Any_other_environment_is_a_problem_of_its_setting()
    {
        Problems(("ENVIRONMENT", "staging"))
            .ShouldBe(["ENVIRONMENT: must be one of development, test, production, not 'staging'"]);
        Problems(("ASPNETCORE_ENVIRONMENT", "Staging"))
            .ShouldBe(["ASPNETCORE_ENVIRONMENT: must be one of development, test, production, not 'staging'"]);
    }

    [TestCase("DATABASE_POOL_SIZE", 1, 500)]
    [TestCase("DATABASE_MAX_OVERFLOW", 0, 500)]
    [TestCase("LLM_MAX_RETRIES", 0, 5)]
    [TestCase("LLM_HISTORY_MESSAGES", 0, 200)]
    public void A_whole_number_has_its_bounds(string name, int min, int max)
    {
        foreach (var good in new[] { min, max })
            WholeNumber(Read((name, $"{good}")), name).ShouldBe(good);
        foreach (var bad in new[] { $"{min - 1}", $"{max + 1}", "2.5", "many", "1e1", "0x2", "99999999999" })
            Problems((name, bad)).ShouldBe([$"{name}: must be a whole number from {min} to {max}, not '{bad}'"]);
    }

    [TestCase("DATABASE_TIMEOUT_SECONDS", "1", "60", "0.9", "61")]
    [TestCase("LLM_FIRST_TOKEN_SECONDS", "0.1", "600", "0", "601")]
    [TestCase("LLM_TOTAL_SECONDS", "0.1", "3600", "0.09", "3601")]
    [TestCase("SHUTDOWN_SECONDS", "0", "3600", "-1", "3601")]
    [TestCase("LEASE_SECONDS", "3", "120", "2", "121")]
    public void A_time_has_its_bounds(string name, string min, string max, string below, string above)
    {
        foreach (var good in new[] { min, max })
            Seconds(Read((name, good)), name)
                .ShouldBe(TimeSpan.FromSeconds(double.Parse(good, System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var bad in new[] { below, above, "soon", "NaN", "Infinity", "1,5", "5s" })
            Problems((name, bad)).ShouldBe([$"{name}: must be a number of seconds from {min} to {max}, not '{bad}'"]);
    }

    [Test]
    [SetCulture("de-DE")]
    public void Numbers_are_read_independently_of_the_culture() =>
        Read(("LLM_TOTAL_SECONDS", "1.5")).Llm.Total.ShouldBe(TimeSpan.FromSeconds(1.5));

    [Test]
    public void Migration_at_the_start_is_true_or_false()
    {
        Read(("DATABASE_MIGRATE_ON_START", "false")).Database.MigrateOnStart.ShouldBeFalse();
        ReadInProduction(("DATABASE_MIGRATE_ON_START", "true")).Database.MigrateOnStart.ShouldBeTrue();
        Problems(("DATABASE_MIGRATE_ON_START", "yes"))
            .ShouldBe(["DATABASE_MIGRATE_ON_START: must be true or false, not 'yes'"]);
    }

    [TestCase("none", DatabasePooler.None)]
    [TestCase("transaction", DatabasePooler.Transaction)]
    [TestCase("Transaction", DatabasePooler.Transaction)]
    public void The_pooler_is_one_of_two(string name, DatabasePooler pooler) =>
        Read(("DATABASE_POOLER", name)).Database.Pooler.ShouldBe(pooler);

    [TestCase("TRACE", LogLevel.Trace)]
    [TestCase("DEBUG", LogLevel.Debug)]
    [TestCase("INFO", LogLevel.Information)]
    [TestCase("WARNING", LogLevel.Warning)]
    [TestCase("ERROR", LogLevel.Error)]
    [TestCase("CRITICAL", LogLevel.Critical)]
    [TestCase("debug", LogLevel.Debug)]
    public void The_log_level_is_one_of_six(string name, LogLevel level) =>
        Read(("LOG_LEVEL", name)).Logging.Level.ShouldBe(level);

    [Test]
    public void The_log_format_is_one_of_two_in_every_environment()
    {
        Read(("LOG_FORMAT", "json")).Logging.Format.ShouldBe(LogFormat.Json);
        ReadInProduction(("LOG_FORMAT", "console")).Logging.Format.ShouldBe(LogFormat.Console);
    }

    [Test]
    public void Any_other_level_or_format_is_a_problem() =>
        Problems(("LOG_LEVEL", "LOUD"), ("LOG_FORMAT", "xml"))
            .ShouldBe([
                "LOG_LEVEL: must be one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, not 'LOUD'",
                "LOG_FORMAT: must be one of console, json, not 'xml'",
            ]);

    [Test]
    public void All_problems_are_reported_together() =>
        Problems(
                ("ENVIRONMENT", "moon"),
                ("DATABASE_URL", "mysql://u:p@h/d"),
                ("DATABASE_POOL_SIZE", "0"),
                ("OPENROUTER_API_KEY", "key"),
                ("GOOGLE_AI_BASE_URL", "nowhere"),
                ("LLM_PROVIDERS", "OpenAI"),
                ("LLM_TOTAL_SECONDS", "0"),
                ("LOG_LEVEL", "9"),
                ("SHUTDOWN_SECONDS", "x")
            )
            .Select(line => line.Split(':')[0])
            .ShouldBe(
                [
                    "ENVIRONMENT",
                    "SHUTDOWN_SECONDS",
                    "DATABASE_URL",
                    "DATABASE_POOL_SIZE",
                    "OPENROUTER_API_KEY",
                    "GOOGLE_AI_BASE_URL",
                    "LLM_PROVIDERS",
                    "LLM_TOTAL_SECONDS",
                    "LOG_LEVEL",
                ],
                ignoreOrder: true
            );

    [Test]
    public void Problems_are_one_line_each()
    {
        var exception = Should.Throw<InvalidSettingsException>(() =>
            Read(("LOG_LEVEL", "9"), ("LLM_MAX_RETRIES", "9"))
        );

        exception.Message.Split(Environment.NewLine).Length.ShouldBe(2);
        exception.Problems.ShouldAllBe(problem => !problem.ToString().Contains('\n'));
    }

    private static int WholeNumber(QrAiSettings settings, string name) =>
        name switch
        {
            "DATABASE_POOL_SIZE" => settings.Database.PoolSize,
            "DATABASE_MAX_OVERFLOW" => settings.Database.MaxOverflow,
            "LLM_MAX_RETRIES" => settings.Llm.MaxRetries,
            _ => settings.Llm.HistoryMessages,
        };

    private static TimeSpan Seconds(QrAiSettings settings, string name) =>
        name switch
        {
            "DATABASE_TIMEOUT_SECONDS" => settings.Database.Timeout,
            "LLM_FIRST_TOKEN_SECONDS" => settings.Llm.FirstToken,
            "LLM_TOTAL_SECONDS" => settings.Llm.Total,
            "LEASE_SECONDS" => settings.Environment.Lease,
            _ => settings.Environment.ShutdownTime,
        };
}
