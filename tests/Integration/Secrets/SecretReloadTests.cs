using System.Security.Cryptography;
using QrAi.Tests.Testing.Postgres;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Secrets;

/// <summary>Secrets that are replaced in the vault while the service runs.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class SecretReloadTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private KeyVaultServer _vault = null!;

    [SetUp]
    public async Task StartVaultAsync() => _vault = await KeyVaultServer.StartAsync();

    [TearDown]
    public async Task StopVaultAsync() => await _vault.DisposeAsync();

    [Test]
    public async Task A_new_key_is_used_for_the_next_question()
    {
        var (first, second) = (NewKey(), NewKey());
        _vault["OPENROUTER-API-KEY"] = first;
        await using var qrai = await StartAsync();
        (await KeyOfNextAsync(qrai)).ShouldBe(first);

        _vault["OPENROUTER-API-KEY"] = second;

        await Eventually.Holds(async () => await KeyOfNextAsync(qrai) == second);
        Output.LinesWith(first).ShouldBeEmpty();
        Output.LinesWith(second).ShouldBeEmpty();
    }

    [Test]
    public async Task An_invalid_or_unreadable_key_changes_nothing_and_is_logged_without_its_value()
    {
        var (key, bad, last) = (NewKey(), $"nonsense-{NewKey()}", NewKey());
        _vault["OPENROUTER-API-KEY"] = key;
        await using var qrai = await StartAsync();

        _vault["OPENROUTER-API-KEY"] = bad;
        await NextReloadAsync();
        (await KeyOfNextAsync(qrai)).ShouldBe(key);
        Output.LinesWith("OPENROUTER_API_KEY is invalid and remains unchanged").ShouldNotBeEmpty();

        _vault.Fail(403, "Forbidden", inner: "ForbiddenByRbac");
        await Eventually.Holds(() =>
            Output.LinesWith($"the key vault {_vault.Url} denied access (403 Forbidden: ForbiddenByRbac)").Count > 0
        );
        (await KeyOfNextAsync(qrai)).ShouldBe(key);

        _vault.Recover();
        _vault.Remove("OPENROUTER-API-KEY");
        await NextReloadAsync();
        (await KeyOfNextAsync(qrai)).ShouldBe(key);

        _vault["OPENROUTER-API-KEY"] = last;
        await Eventually.Holds(async () => await KeyOfNextAsync(qrai) == last);
        Output.LinesWith(bad).ShouldBeEmpty();
    }

    [Test]
    public async Task A_change_of_another_setting_is_logged_as_effective_at_the_next_start()
    {
        _vault["OPENROUTER-API-KEY"] = NewKey();
        await using var qrai = await StartAsync();

        _vault["LLM-HISTORY-MESSAGES"] = "3";

        await Eventually.Holds(() =>
            Output
                .LinesWith("LLM_HISTORY_MESSAGES has changed in the key vault and takes effect at the next start")
                .Count > 0
        );
    }

    [Test]
    public async Task New_connections_use_a_new_password_without_a_new_pool()
    {
        if (Kind == DatabaseKind.Sqlite)
            return; // SQLite has no passwords
        var role = $"rotating_{Guid.CreateVersion7():N}";
        var (first, second) = (RandomNumberGenerator.GetHexString(20), RandomNumberGenerator.GetHexString(20));
        var url = new Uri(await DatabaseUrlAsync());
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync(
            $"""
            CREATE ROLE {role} LOGIN PASSWORD '{first}';
            GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT USAGE ON SCHEMA public TO {role}
            """
        );
        try
        {
            _vault["DATABASE-URL"] = UrlOf(first);
            _vault["OPENROUTER-API-KEY"] = NewKey();
            await using var qrai = await StartAsync(databaseUrl: "");
            await qrai.ListSessionsAsync();

            await database.ExecuteAsync($"ALTER ROLE {role} PASSWORD '{second}'");
            _vault["DATABASE-URL"] = UrlOf(second);
            await NextReloadAsync();
            var closed = await database.NumberAsync(
                $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{role}'"
            );
            closed.ShouldBeGreaterThan(0);

            await Eventually.Holds(async () =>
            {
                await qrai.ListSessionsAsync();
                return true;
            });
            Output.LinesWith(second).ShouldBeEmpty();
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }

        string UrlOf(string password) =>
            PostgresUrl.Create(url.Host, url.Port, role, password, url.AbsolutePath.Trim('/'));
    }

    private async Task<QrAiHost> StartAsync(string? databaseUrl = null) =>
        await QrAiHost.StartAsync(
            databaseUrl ?? await DatabaseUrlAsync(),
            Provider,
            new Dictionary<string, string>
            {
                ["OPENROUTER_API_KEY"] = "",
                ["AZURE_KEYVAULT_RELOAD_MINUTES"] = "0.001",
                ["DATABASE_MIGRATE_ON_START"] = "false",
            },
            vault: _vault
        );

    /// <summary>Waits until the vault has been read completely.</summary>
    private async Task NextReloadAsync()
    {
        // A running reload may have read the previous values; each reload begins with the list.
        var seen = Lists();
        await Eventually.Holds(() => Lists() >= seen + 3);

        int Lists() => _vault.Requests.Count(request => request == "GET /secrets");
    }

    private async Task<string> KeyOfNextAsync(QrAiHost qrai)
    {
        Provider.Enqueue(Reply.Answer("Yes."));
        await qrai.AskAsync("Which key?");
        return Provider.Requests[^1].Headers["Authorization"]["Bearer ".Length..];
    }

    private static string NewKey() => $"sk-or-{RandomNumberGenerator.GetHexString(30)}";
}
