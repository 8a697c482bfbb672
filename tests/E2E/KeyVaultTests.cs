using System.Text.RegularExpressions;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

/// <summary>The program with its settings in a key vault, which it accesses with Azure's default credential.</summary>
public sealed partial class KeyVaultTests : ProgramTests
{
    private const int InvalidSettings = 78;
    private const string NextKey = "sk-or-e2e-the-next-one";

    private KeyVaultServer _vault = null!;

    [SetUp]
    public async Task StartVaultAsync() => _vault = await KeyVaultServer.StartAsync();

    [TearDown]
    public async Task StopVaultAsync() => await _vault.DisposeAsync();

    [Test]
    public async Task It_starts_with_its_secrets_from_the_vault_and_answers()
    {
        var provider = await StartProviderAsync();
        var workplace = await WithSecretsInVault(provider).WithAsync(Database.Postgres);
        _vault["DATABASE-URL"] = workplace.Settings["DATABASE_URL"];
        workplace.Settings.Remove("DATABASE_URL");
        _vault["DATABASE-MIGRATE-ON-START"] = "true";
        workplace.Settings["ENVIRONMENT"] = "production";

        var program = await StartAsync(workplace);
        var (_, key, _) = await RunAsync(workplace, "keys", "create", "caller");
        program.Http.DefaultRequestHeaders.Authorization = new("Bearer", key.Trim());

        (await program.Http.AskAsync("Who are you?")).Text("answer.provider").ShouldBe("openrouter");
        KeyOf(provider.Requests[^1]).ShouldBe(Workplace.OpenRouterKey);
        program.Output.ShouldContain("PostgreSQL");
        (program.Output + program.Errors).ShouldNotContain(Workplace.OpenRouterKey);
    }

    [Test]
    public async Task A_key_that_is_replaced_in_the_vault_is_used_without_a_restart()
    {
        var provider = await StartProviderAsync();
        var workplace = WithSecretsInVault(provider);
        _vault["DATABASE-URL"] = "sqlite://data/qrai.db";
        // A file can set the URL of the vault.
        workplace.Settings.Remove("AZURE_KEYVAULT_URL");
        workplace.Write(".env", $"AZURE_KEYVAULT_URL={_vault.Url}", "AZURE_KEYVAULT_RELOAD_MINUTES=0.01");
        var program = await StartAsync(workplace);
        await program.Http.AskAsync("With the first key?");
        KeyOf(provider.Requests[^1]).ShouldBe(Workplace.OpenRouterKey);

        _vault["OPENROUTER-API-KEY"] = NextKey;

        await Eventually.Holds(async () =>
        {
            await program.Http.AskAsync("With the next key?");
            return KeyOf(provider.Requests[^1]) == NextKey;
        });
        program.Output.ShouldContain("OPENROUTER_API_KEY has been replaced");
        (program.Output + program.Errors).ShouldNotContain(NextKey);
    }

    [TestCase(
        "forbidden",
        "denied access (403 Forbidden: ForbiddenByRbac); grant the identity the role \"Key Vault Secrets User\""
    )]
    [TestCase("busy", "is too busy (429 Too Many Requests); try again in a minute")]
    [TestCase("hanging", "did not answer within 20 s; check that this machine can reach it")]
    [TestCase(
        "untrusted",
        "cannot be trusted: its certificate is not valid on this machine; check for a proxy in between"
    )]
    [TestCase("down", "cannot be reached: no connection; check that this machine can reach it")]
    [TestCase(
        "anonymous",
        "cannot be read, because no Azure credential was found; give this machine a managed identity"
    )]
    public async Task An_unreadable_vault_ends_the_start_with_instructions_for_each_required_secret(
        string failure,
        string line
    )
    {
        var workplace = WithSecretsInVault(await StartProviderAsync());
        workplace.Settings["LLM_PROVIDERS"] = "openrouter";
        workplace.Settings["LOG_FORMAT"] = "xml";
        // A file does not replace the vault.
        workplace.Write(".env", $"OPENROUTER_API_KEY={Workplace.OpenRouterKey}");
        await CauseAsync(failure, workplace);

        var program = Launch(workplace);

        (await program.ExitAsync()).ShouldBe(InvalidSettings);
        var lines = program.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3, program.Errors);
        foreach (var name in new[] { "DATABASE_URL", "OPENROUTER_API_KEY" })
            lines
                .Single(one => one.StartsWith($"{name}: the key vault {_vault.Url} {line}", StringComparison.Ordinal))
                .ShouldEndWith($", or set {name} in the environment");
        lines.ShouldContain(one => one.StartsWith("LOG_FORMAT: ", StringComparison.Ordinal));
        program.Output.ShouldBeEmpty();
        (await program.RefusesConnectionsAsync()).ShouldBeTrue();
    }

    [Test]
    public async Task With_the_required_settings_in_the_environment_it_starts_without_the_vault_and_warns()
    {
        var provider = await StartProviderAsync();
        var workplace = WithSecretsInVault(provider);
        workplace.Settings["OPENROUTER_API_KEY"] = Workplace.OpenRouterKey;
        workplace.Settings["DATABASE_URL"] = "sqlite://data/qrai.db";
        _vault.Fail(403, "Forbidden", inner: "ForbiddenByRbac");

        var program = await StartAsync(workplace);

        await program.Http.AskAsync("Without the vault?");
        KeyOf(provider.Requests[^1]).ShouldBe(Workplace.OpenRouterKey);
        program.Output.ShouldMatch(
            $"WRN The key vault {Regex.Escape(_vault.Url)} denied access .*AZURE_STORAGE_CONNECTION_STRING"
        );
    }

    [Test]
    public async Task A_required_secret_that_the_vault_does_not_have_ends_the_start()
    {
        var workplace = Identified(new Workplace());
        workplace.Settings["ENVIRONMENT"] = "production";
        workplace.Settings["LLM_PROVIDERS"] = "openrouter";
        _vault.Add("OPENROUTER-API-KEY", Workplace.OpenRouterKey, enabled: false);

        var program = Launch(workplace);

        (await program.ExitAsync()).ShouldBe(InvalidSettings);
        program.Errors.ShouldContain($"; the key vault {_vault.Url} has no secret DATABASE-URL");
        program.Errors.ShouldContain(
            $"; the key vault {_vault.Url} has the secret OPENROUTER-API-KEY, but it is disabled"
        );
    }

    [Test]
    public async Task The_check_names_the_secrets_of_the_vault_and_shows_no_value()
    {
        var workplace = WithSecretsInVault(await StartProviderAsync());
        _vault.Add("GOOGLE-AI-API-KEY", Workplace.GoogleAiKey, enabled: false);

        var (exitCode, output, errors) = await RunAsync(workplace, "check", "keyvault");

        exitCode.ShouldBe(0, errors);
        output.ShouldMatch(
            $"^ok +keyvault The key vault {Regex.Escape(_vault.Url)} has OPENROUTER_API_KEY; "
                + @"GOOGLE_AI_API_KEY is disabled; read in \d+ ms\.\n$"
        );
        (output + errors).ShouldNotContain(Workplace.OpenRouterKey);
    }

    [Test]
    public async Task The_check_works_where_the_start_fails_and_states_what_to_do()
    {
        var workplace = WithSecretsInVault(await StartProviderAsync());
        _vault.Fail(403, "Forbidden", inner: "ForbiddenByFirewall");

        var (exitCode, output, errors) = await RunAsync(workplace, "check", "keyvault");

        exitCode.ShouldBe(InvalidSettings);
        output.ShouldMatch(
            $@"FAILED keyvault The key vault {Regex.Escape(_vault.Url)} rejected this machine's address "
                + @"\(403 Forbidden: ForbiddenByFirewall\)\. Allow it in the vault's network settings\."
        );
        errors.ShouldContain("DATABASE_URL: the key vault ");
    }

    [Test]
    public async Task Without_a_vault_the_credential_libraries_are_not_loaded()
    {
        var program = await StartAsync(new Workplace());

        program.LoadedFiles.ShouldContain(file => file.EndsWith("QrAi.Infrastructure.dll", StringComparison.Ordinal));
        program.LoadedFiles.Where(file => CredentialLibrary().IsMatch(file)).ShouldBeEmpty();
    }

    private async Task CauseAsync(string failure, Workplace workplace)
    {
        switch (failure)
        {
            case "forbidden":
                _vault.Fail(403, "Forbidden", inner: "ForbiddenByRbac");
                break;
            case "busy":
                _vault.Fail(429, "Throttled", retryAfterSeconds: 600);
                break;
            case "hanging":
                _vault.Hang();
                break;
            case "untrusted":
                workplace.Settings.Remove("SSL_CERT_FILE");
                break;
            case "down":
                await _vault.DisposeAsync();
                break;
            case "anonymous":
                foreach (var variable in _vault.Identity.Keys)
                    workplace.Settings.Remove(variable);
                // The other credentials of the default chain look for a cloud machine and for developer tools.
                workplace.Settings["AZURE_TOKEN_CREDENTIALS"] = "EnvironmentCredential";
                break;
        }

        // Two of them end at the limit, which has to be long enough for a token on a slow machine.
        workplace.Settings["AZURE_KEYVAULT_TIMEOUT_SECONDS"] = failure is "hanging" or "busy" ? "20" : "60";
    }

    private Workplace WithSecretsInVault(ScriptedProvider provider)
    {
        var workplace = Identified(new Workplace().WithOpenRouter(provider));
        workplace.Settings.Remove("OPENROUTER_API_KEY");
        workplace.Settings["AZURE_KEYVAULT_TIMEOUT_SECONDS"] = "60";
        _vault["OPENROUTER-API-KEY"] = Workplace.OpenRouterKey;
        return workplace;
    }

    /// <summary>Configures a program of an App Service with an identity, on a machine that trusts the vault.</summary>
    private Workplace Identified(Workplace workplace)
    {
        workplace.Write("vault.pem", _vault.CertificatePem);
        workplace.Settings["SSL_CERT_FILE"] = Path.Combine(workplace.Root, "vault.pem");
        workplace.Settings["AZURE_KEYVAULT_URL"] = _vault.Url;
        workplace.Settings["HTTPS_PROXY"] = _vault.Proxy;
        foreach (var (name, value) in _vault.Identity)
            workplace.Settings[name] = value;
        return workplace;
    }

    private static string KeyOf(ReceivedRequest request) => request.Headers["Authorization"]["Bearer ".Length..];

    [GeneratedRegex(@"/(Azure\.Identity|Microsoft\.Identity\.Client)[^/]*\.dll$")]
    private static partial Regex CredentialLibrary();
}
