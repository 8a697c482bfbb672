using QrAi.Infrastructure.Settings;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Settings;

/// <summary>The effect of a key vault on the settings: its secrets, missing ones, and read failures.</summary>
public sealed class KeyVaultResultTests
{
    private const string Postgres = "postgresql://qrai:pw@db/qrai";
    private const string Key = "sk-or-one";
    private const string Refusal =
        "the key vault https://qrai.vault.test denied access (403 Forbidden); grant it, or set";

    private static readonly Uri Url = new("https://qrai.vault.test");

    private static readonly (string, string) Production = ("ENVIRONMENT", "production");

    [Test]
    public void The_environment_overrides_a_vault_and_a_vault_overrides_files()
    {
        var settings = QrAiSettings.Read([
            Layer("environment", ("OPENROUTER_MODEL", "environment")),
            Holding(
                ("OPENROUTER_MODEL", "vault"),
                ("GOOGLE_AI_MODEL", "vault"),
                ("OPENROUTER_API_KEY", " sk-or-vault\n")
            ),
            Layer(
                ".env",
                ("OPENROUTER_API_KEY", "sk-or-file"),
                ("GOOGLE_AI_MODEL", "file"),
                ("GOOGLE_AI_API_KEY", "file-0123456789-0123456789")
            ),
        ]);

        settings
            .Llm.Providers.Select(provider => (provider.Model, provider.ApiKey))
            .ShouldBe([("environment", "sk-or-vault"), ("vault", "file-0123456789-0123456789")]);
    }

    [Test]
    public void A_required_setting_that_is_missing_is_reported_with_the_missing_secret() =>
        ProblemsWith(Holding(), Production)
            .ShouldBe([
                "DATABASE_URL: must be set in production: postgresql://user:password@host[:port]/name; "
                    + "the key vault https://qrai.vault.test has no secret DATABASE-URL",
                "OPENROUTER_API_KEY: must be set, or GOOGLE_AI_API_KEY, or LLM_PROVIDERS; "
                    + "the key vault https://qrai.vault.test has no secret OPENROUTER-API-KEY or GOOGLE-AI-API-KEY",
            ]);

    [Test]
    public void An_unusable_secret_is_reported_with_the_reason()
    {
        var vault = Reading([]) with
        {
            Unusable = new Dictionary<string, string> { ["GOOGLE_AI_API_KEY"] = "has expired" },
        };

        ProblemsWith(vault.ToLayer(), ("LLM_PROVIDERS", "google-ai"))
            .ShouldBe([
                "GOOGLE_AI_API_KEY: must be set, because LLM_PROVIDERS names google-ai; "
                    + "the key vault https://qrai.vault.test has the secret GOOGLE-AI-API-KEY, but it has expired",
            ]);
    }

    [Test]
    public void A_missing_secret_that_is_not_required_is_not_a_problem()
    {
        QrAiSettings
            .Read([Layer("environment"), Holding()])
            .Llm.Providers.Select(provider => provider.Name)
            .ShouldBe(["offline"]);
        QrAiSettings
            .Read([
                Layer("environment", Production, ("DATABASE_URL", Postgres), ("OPENROUTER_API_KEY", Key)),
                Holding(),
            ])
            .Llm.Providers.Select(provider => provider.Name)
            .ShouldBe(["openrouter"]);
    }

    [Test]
    public void Without_a_readable_vault_required_settings_must_be_in_the_environment()
    {
        ProblemsWith(Unreadable())
            .ShouldBe([
                $"DATABASE_URL: {Refusal} DATABASE_URL in the environment",
                $"OPENROUTER_API_KEY: {Refusal} OPENROUTER_API_KEY or GOOGLE_AI_API_KEY in the environment",
            ]);
        ProblemsWith(Unreadable(), Production, ("LLM_PROVIDERS", "google-ai,openrouter"), ("LOG_FORMAT", "xml"))
            .ShouldBe([
                $"DATABASE_URL: {Refusal} DATABASE_URL in the environment",
                $"GOOGLE_AI_API_KEY: {Refusal} GOOGLE_AI_API_KEY in the environment",
                $"OPENROUTER_API_KEY: {Refusal} OPENROUTER_API_KEY in the environment",
                "LOG_FORMAT: must be one of console, json, not 'xml'",
            ]);
    }

    [Test]
    public void A_file_does_not_replace_a_secret_of_a_vault_that_could_not_be_read()
    {
        SettingsLayer[] layers =
        [
            Layer("environment"),
            Unreadable(),
            Layer(".env", ("DATABASE_URL", Postgres), ("LLM_PROVIDERS", "openrouter"), ("OPENROUTER_API_KEY", Key)),
        ];

        Should
            .Throw<InvalidSettingsException>(() => QrAiSettings.Read(layers))
            .Problems.Select(problem => problem.Name)
            .ShouldBe(["DATABASE_URL", "OPENROUTER_API_KEY"]);
    }

    [Test]
    public void Without_the_vault_the_service_starts_if_the_environment_has_the_required_settings()
    {
        var settings = QrAiSettings.Read([
            Layer("environment", ("DATABASE_URL", Postgres), ("OPENROUTER_API_KEY", Key)),
            Unreadable(),
            Layer(".env", ("GOOGLE_AI_API_KEY", "file-0123456789-0123456789"), ("OPENROUTER_MODEL", "file")),
        ]);

        settings.Llm.Providers.Select(provider => provider.Name).ShouldBe(["openrouter"]);
        settings.Llm.Providers[0].Model.ShouldBe("file");
    }

    [Test]
    public void Without_the_vault_backups_with_a_container_do_not_silently_stay_in_the_folder()
    {
        const string Line = "AZURE_STORAGE_CONNECTION_STRING";
        (string, string)[] needed = [("DATABASE_URL", Postgres), ("LLM_PROVIDERS", "offline")];

        ProblemsWith(Unreadable(), [.. needed, ("BACKUP_BLOB_CONTAINER", "ours")])
            .ShouldBe([$"{Line}: {Refusal} {Line} in the environment"]);
        Should
            .Throw<InvalidSettingsException>(() =>
                QrAiSettings.Read([
                    Layer("environment", needed),
                    Unreadable(),
                    Layer(".env", (Line, "AccountName=a;AccountKey=b")),
                ])
            )
            .Problems.Single()
            .Name.ShouldBe(Line);
        QrAiSettings.Read([Layer("environment", needed), Unreadable()]).Backups.Container.ShouldBeNull();
    }

    [Test]
    public void A_vault_with_an_invalid_address_is_not_read()
    {
        var vault = new KeyVaultResult { Url = null, Fault = KeyVaultFault.BadUrl };

        ProblemsWith(vault.ToLayer(), ("AZURE_KEYVAULT_URL", "nowhere"), ("LLM_PROVIDERS", "offline"))
            .Select(problem => problem.Split(": ", 2))
            .ShouldContain(problem =>
                problem[0] == "DATABASE_URL"
                && problem[1]
                    == "the key vault was not read; correct AZURE_KEYVAULT_URL, or set DATABASE_URL in the environment"
            );
    }

    [Test]
    public void Invalid_values_in_the_vault_are_reported_and_not_shown()
    {
        var problems = ProblemsWith(
            Holding(("OPENROUTER_API_KEY", "s3cr3t"), ("DATABASE_URL", "mysql://qrai:s3cr3t@db/qrai"))
        );

        problems.Select(problem => problem.Split(':')[0]).ShouldBe(["DATABASE_URL", "OPENROUTER_API_KEY"]);
        string.Concat(problems).ShouldNotContain("s3cr3t");
    }

    private static string[] ProblemsWith(SettingsLayer vault, params (string Name, string Value)[] environment) =>
        [
            .. Should
                .Throw<InvalidSettingsException>(() => QrAiSettings.Read([Layer("environment", environment), vault]))
                .Problems.Select(problem => problem.ToString()),
        ];

    private static SettingsLayer Holding(params (string Name, string Value)[] secrets) => Reading(secrets).ToLayer();

    private static SettingsLayer Unreadable() =>
        (Reading([]) with { Fault = new KeyVaultFault("denied access (403 Forbidden)", "grant it") }).ToLayer();

    private static KeyVaultResult Reading((string Name, string Value)[] secrets) =>
        new() { Url = Url, Values = secrets.ToDictionary(secret => secret.Name, secret => secret.Value) };
}
