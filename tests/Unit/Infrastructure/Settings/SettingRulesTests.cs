using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

/// <summary>Every rule of every setting, with a value that breaks it and the line that a start prints.</summary>
public sealed class SettingRulesTests
{
    private const string Secret = "s3cr3t-that-nobody-may-see";

    /// <summary>Settings that accept any text, or that another setting overrides.</summary>
    private static readonly string[] WithoutRule =
    [
        "ASPNETCORE_ENVIRONMENT", // ENVIRONMENT overrides it
        "OPENROUTER_MODEL",
        "GOOGLE_AI_MODEL",
        "EMBEDDING_MODEL", // its length is limited
        "SYSTEM_PROMPT",
        "JWT_AUDIENCE",
        "OIDC_SCOPE",
        "AUTOMAPPER_LICENSE_KEY",
        "OTEL_SERVICE_NAME",
    ];

    private static readonly (string Name, string Value, string Problem)[] Rules =
    [
        ("ENVIRONMENT", "staging", "must be one of development, test, production, not 'staging'"),
        ("ENVIRONMENT", "Production", "must be one of development, test, production, not 'Production'"),
        ("ASPNETCORE_ENVIRONMENT", "Staging", "must be one of development, test, production, not 'staging'"),
        ("EMBEDDING_MEMORY_MIB", "0", "must be a whole number from 1 to 65536, not '0'"),
        ("EMBEDDING_MEMORY_MIB", "65537", "must be a whole number from 1 to 65536, not '65537'"),
        ("RETENTION_DAYS", "-1", "must be a whole number from 0 to 3650, not '-1'"),
        ("RETENTION_DAYS", "3651", "must be a whole number from 0 to 3650, not '3651'"),
        ("OIDC_CLIENT_ID", "page", "must be empty, because AUTHENTICATION does not name jwt"),
        ("SHUTDOWN_SECONDS", "-1", "must be a number of seconds from 0 to 3600, not '-1'"),
        ("SHUTDOWN_SECONDS", "3601", "must be a number of seconds from 0 to 3600, not '3601'"),
        ("LEASE_SECONDS", "2", "must be a number of seconds from 3 to 120, not '2'"),
        ("LEASE_SECONDS", "121", "must be a number of seconds from 3 to 120, not '121'"),
        (
            "AZURE_KEYVAULT_URL",
            $"https://me:{Secret}@vault.test",
            "must be a key vault's absolute https address without a path, like https://name.vault.azure.net"
        ),
        ("AZURE_KEYVAULT_TIMEOUT_SECONDS", "0.9", "must be a number of seconds from 1 to 120, not '0.9'"),
        ("AZURE_KEYVAULT_TIMEOUT_SECONDS", "121", "must be a number of seconds from 1 to 120, not '121'"),
        ("AZURE_KEYVAULT_RELOAD_MINUTES", "-1", "must be a number of minutes from 0 to 1440, not '-1'"),
        ("AZURE_KEYVAULT_RELOAD_MINUTES", "1441", "must be a number of minutes from 0 to 1440, not '1441'"),
        (
            "DATABASE_URL",
            $"mysql://me:{Secret}@db/qrai",
            "must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or sqlite:///absolute/path"
        ),
        (
            "DATABASE_URL",
            $"postgresql://me:{Secret}@db",
            "names no database; must be postgresql://user:password@host[:port]/name[?sslmode=…], sqlite://relative/path or "
                + "sqlite:///absolute/path"
        ),
        (
            "DATABASE_URL",
            $"postgresql://me:{Secret}@db/qrai?sslmode=off",
            "must have an sslmode of disable, allow, prefer, require, verify-ca, verify-full"
        ),
        (
            "DATABASE_URL",
            $"postgresql://me:{Secret}@db/qrai?timeout=5",
            "has unknown parameters: timeout; known are sslmode, application_name, channel_binding, client_encoding, "
                + "connect_timeout, gssencmode, keepalives, keepalives_idle, keepalives_interval, krbsrvname, "
                + "load_balance_hosts, options, passfile, require_auth, sslcert, sslkey, sslnegotiation, sslpassword, "
                + "sslrootcert, target_session_attrs"
        ),
        ("DATABASE_URL", "sqlite://", "must name a file after sqlite://"),
        ("DATABASE_URL", "sqlite://a.db?mode=ro", "takes no parameters after a sqlite:// path"),
        ("DATABASE_POOL_SIZE", "0", "must be a whole number from 1 to 500, not '0'"),
        ("DATABASE_POOL_SIZE", "501", "must be a whole number from 1 to 500, not '501'"),
        ("DATABASE_MAX_OVERFLOW", "-1", "must be a whole number from 0 to 500, not '-1'"),
        ("DATABASE_MAX_OVERFLOW", "501", "must be a whole number from 0 to 500, not '501'"),
        ("DATABASE_TIMEOUT_SECONDS", "0", "must be a number of seconds from 1 to 60, not '0'"),
        ("DATABASE_TIMEOUT_SECONDS", "61", "must be a number of seconds from 1 to 60, not '61'"),
        ("DATABASE_MIGRATE_ON_START", "yes", "must be true or false, not 'yes'"),
        ("DATABASE_POOLER", "session", "must be one of none, transaction, not 'session'"),
        (
            "LLM_PROVIDERS",
            "offline, OpenAI",
            "must be a comma-separated list of names of lower-case letters, digits and hyphens, such as openrouter, google-ai, offline, ollama; 'OpenAI' is none"
        ),
        ("LLM_PROVIDERS", "offline,offline", "must name each provider once"),
        ("OPENROUTER_API_KEY", $"sk-{Secret}", "must begin with sk-or- and have no white space"),
        ("OPENROUTER_API_KEY", $"sk-or- {Secret}", "must begin with sk-or- and have no white space"),
        ("OPENROUTER_BASE_URL", "openrouter.ai", "must be an absolute http or https address"),
        ("OPENROUTER_BASE_URL", "https://p.test/?a", "must be an address without a query or a fragment"),
        ("GOOGLE_AI_API_KEY", "s3cr3t-of-19-chars-", "must have at least 20 characters and no white space"),
        ("GOOGLE_AI_API_KEY", $"{Secret} {Secret}", "must have at least 20 characters and no white space"),
        ("GOOGLE_AI_BASE_URL", "ftp://google.test", "must be an absolute http or https address"),
        ("GOOGLE_AI_BASE_URL", "https://p.test/#a", "must be an address without a query or a fragment"),
        ("LLM_FIRST_TOKEN_SECONDS", "0", "must be a number of seconds from 0.1 to 600, not '0'"),
        ("LLM_FIRST_TOKEN_SECONDS", "601", "must be a number of seconds from 0.1 to 600, not '601'"),
        ("LLM_TOTAL_SECONDS", "0", "must be a number of seconds from 0.1 to 3600, not '0'"),
        ("LLM_TOTAL_SECONDS", "3601", "must be a number of seconds from 0.1 to 3600, not '3601'"),
        ("LLM_MAX_RETRIES", "-1", "must be a whole number from 0 to 5, not '-1'"),
        ("LLM_MAX_RETRIES", "6", "must be a whole number from 0 to 5, not '6'"),
        ("LLM_HISTORY_MESSAGES", "-1", "must be a whole number from 0 to 200, not '-1'"),
        ("LLM_HISTORY_MESSAGES", "201", "must be a whole number from 0 to 200, not '201'"),
        ("BACKUP_DIRECTORY", "/dev/null", "must be a folder, not a file"),
        (
            "BACKUP_BLOB_CONTAINER_URL",
            "https://account.blob.core.windows.net/",
            "must be the address of a container, like https://account.blob.core.windows.net/name"
        ),
        (
            "BACKUP_BLOB_CONTAINER_URL",
            "http://account.blob.core.windows.net/name",
            "must be an https address, or http to this machine only"
        ),
        (
            "BACKUP_BLOB_CONTAINER_URL",
            $"https://account.blob.core.windows.net/name?sig={Secret}",
            "must have no query and no user: access uses Azure's default credential"
        ),
        (
            "AZURE_STORAGE_CONNECTION_STRING",
            Secret,
            "must be a storage account's connection string, with AccountName and AccountKey or SharedAccessSignature"
        ),
        (
            "BACKUP_BLOB_CONTAINER",
            "Nightly",
            "must be 3 to 63 lower-case letters, digits and single hyphens between them, not 'Nightly'"
        ),
        ("BACKUP_SCHEDULE", "daily", "must be a cron expression of five fields, like 0 3 * * *, not 'daily'"),
        (
            "BACKUP_RETENTION",
            "7 days",
            "must be numbers of days, weeks and months from 0 to 9999, at least one above 0, like 7d,4w,6m, not '7 days'"
        ),
        ("AUTHENTICATION", "basic", "must be none, api-key, jwt or api-key,jwt, not 'basic'"),
        ("JWT_AUTHORITY", "issuer", "must be an issuer's absolute http or https address, without query and user"),
        ("RATE_LIMIT_PER_MINUTE", "-1", "must be a whole number from 0 to 100000, not '-1'"),
        ("RATE_LIMIT_BURST", "many", "must be a whole number from 0 to 100000, not 'many'"),
        ("STREAMS_PER_CALLER", "-1", "must be a whole number from 0 to 100000, not '-1'"),
        ("REQUEST_TIMEOUT_SECONDS", "0", "must be a number of seconds from 0.1 to 600, not '0'"),
        (
            "CORS_ORIGINS",
            "https://app.example,*",
            "must be a comma-separated list of origins such as https://app.example, not '*'"
        ),
        (
            "TRUSTED_PROXIES",
            "10.0.0.5,proxy",
            "must be a comma-separated list of addresses and networks such as 10.0.0.5,10.1.0.0/16, not 'proxy'"
        ),
        ("LOG_LEVEL", "LOUD", "must be one of TRACE, DEBUG, INFO, WARNING, ERROR, CRITICAL, not 'LOUD'"),
        ("LOG_FORMAT", "xml", "must be one of console, json, not 'xml'"),
        (
            "LOG_LEVELS",
            "Npgsql",
            "must be a comma-separated list such as Npgsql=DEBUG,QrAi.Infrastructure.Llm=TRACE: 'Npgsql' is not NAMESPACE=LEVEL"
        ),
        ("GRAPHQL_INTROSPECTION", "yes", "must be true or false, not 'yes'"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "collector",
            "must be an absolute http or https address, such as http://collector:4318"
        ),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            $"http://me:{Secret}@collector",
            "must be an address without a user: put credentials into OTEL_EXPORTER_OTLP_HEADERS"
        ),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "must be one of http/protobuf, grpc, not 'http/json'"),
        ("OTEL_EXPORTER_OTLP_HEADERS", Secret, "must be a comma-separated list of NAME=VALUE, with values URL-encoded"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "must be a whole number from 1 to 60000, not '0'"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "99", "must be a whole number from 100 to 3600000, not '99'"),
    ];

    private static readonly (string Name, string Value, string Problem)[] RulesOfProduction =
    [
        ("DATABASE_URL", "", "must be set in production: postgresql://user:password@host[:port]/name"),
        ("DATABASE_URL", "sqlite://data/qrai.db", "must be a postgresql:// address in production"),
        (
            "OPENROUTER_BASE_URL",
            "http://models.test",
            "must be an https address in production, or http to this machine only"
        ),
        (
            "GOOGLE_AI_BASE_URL",
            "http://models.test",
            "must be an https address in production, or http to this machine only"
        ),
        ("AUTHENTICATION", "none", "must be api-key, jwt or api-key,jwt in production"),
        ("JWT_AUTHORITY", "http://issuer.test", "must be an https address in production, or http to this machine only"),
    ];

    [TestCaseSource(nameof(Rules))]
    public void A_value_that_breaks_a_rule_is_one_line((string Name, string Value, string Problem) rule)
    {
        var line = Problems((rule.Name, rule.Value)).ShouldHaveSingleItem();

        line.ShouldBe($"{rule.Name}: {rule.Problem}");
        line.ShouldNotContain("s3cr3t");
    }

    [TestCaseSource(nameof(RulesOfProduction))]
    public void In_production_there_are_more_rules((string Name, string Value, string Problem) rule)
    {
        (string, string)[] settings =
        [
            ("ENVIRONMENT", "production"),
            .. rule.Name == "DATABASE_URL" ? [] : new[] { ("DATABASE_URL", "postgresql://qrai:pw@db/qrai") },
            (rule.Name, rule.Value),
        ];

        Problems(settings).ShouldBe([$"{rule.Name}: {rule.Problem}"]);
    }

    [Test]
    public void A_value_in_quotation_marks_is_reported_for_any_setting_and_never_shown()
    {
        foreach (var name in SettingsResult.Of([]).Names.Except(["SYSTEM_PROMPT"]))
        foreach (var quote in new[] { '"', '\'' })
        {
            var line = Problems((name, $"{quote}{Secret}{quote}"))
                .Single(line => line.StartsWith($"{name}: ", StringComparison.Ordinal));
            line.ShouldBe(
                $"{name}: must be written without the surrounding quotation marks, which are part of the value here"
            );
        }

        Problems(("GOOGLE_AI_API_KEY", "\"\"")).ShouldHaveSingleItem().ShouldContain("quotation marks");
    }

    [TestCase("\"")]
    [TestCase("a \"b\" c")]
    [TestCase("\"a' b")]
    public void Quotation_marks_that_do_not_surround_a_value_are_part_of_it(string model) =>
        Read(("OPENROUTER_API_KEY", "sk-or-key"), ("OPENROUTER_MODEL", model))
            .Llm.Providers.Single()
            .Model.ShouldBe(model);

    [Test]
    public void A_prompt_may_be_in_quotation_marks() =>
        Read(("SYSTEM_PROMPT", "\"Be brief.\"")).Llm.SystemPrompt.ShouldBe("\"Be brief.\"");

    [Test]
    public void A_required_value_that_is_missing_is_one_line() =>
        Problems(("LLM_PROVIDERS", "openrouter,google-ai"), ("AUTHENTICATION", "jwt"))
            .ShouldBe(
                [
                    "OPENROUTER_API_KEY: must be set, because LLM_PROVIDERS names openrouter",
                    "GOOGLE_AI_API_KEY: must be set, because LLM_PROVIDERS names google-ai",
                    "JWT_AUTHORITY: must be set, because AUTHENTICATION names jwt",
                    "JWT_AUDIENCE: must be set, because AUTHENTICATION names jwt",
                ],
                ignoreOrder: true
            );

    [Test]
    public void With_every_setting_invalid_each_is_reported_once()
    {
        var names = SettingsResult.Of([]).Names;
        var wrong = names.Select(name => (name, name == "BACKUP_DIRECTORY" ? "/dev/null" : "a wrong value"));

        var lines = Problems([.. wrong]);

        lines.Select(line => line.Split(':')[0]).ShouldBe(names.Except(WithoutRule), ignoreOrder: true);
        lines.Length.ShouldBeGreaterThan(25);
        lines.ShouldAllBe(line => !line.Contains('\n'));
    }

    [Test]
    public void The_settings_that_are_read_do_not_depend_on_their_values()
    {
        var everything = Rules.Select(rule => rule.Name).Distinct().ToDictionary(name => name, _ => "a wrong value");

        SettingsResult.Of([new SettingsLayer("test", everything)]).Names.ShouldBe(SettingsResult.Of([]).Names);
        SettingsResult
            .Of([Layer("test", ("LLM_PROVIDERS", "openrouter,google-ai"), ("AUTHENTICATION", "api-key,jwt"))])
            .Names.ShouldBe(SettingsResult.Of([]).Names);
    }
}
