using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Checks;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Persistence;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>Permanent faults: a start, a migration and a check report the same error and the solution.</summary>
public sealed class EnvironmentFaultTests
{
    private static PostgresCluster _cluster = null!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        if (!PostgresCluster.IsAvailable)
            Assert.Ignore("PostgreSQL's server programs are not installed.");
        _cluster = await PostgresCluster.CreateAsync();
    }

    [OneTimeTearDown]
    public static async Task EndAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }

    [TestCase("LATIN1")]
    [TestCase("SQL_ASCII")]
    public async Task A_database_that_cannot_store_every_text(string encoding)
    {
        var url = await CreateDatabaseAsync($"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");

        await ShouldBeRefusedAsync(url, $"The database's encoding is {encoding}", "ENCODING 'UTF8' TEMPLATE template0");
    }

    [Test]
    public async Task A_role_that_cannot_create_tables()
    {
        var url = AsRole(await CreateRoleAsync(), await CreateDatabaseAsync());
        await ExecuteAsync(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");

        await ShouldBeRefusedAsync(url, "may not create tables in schema public", "GRANT CREATE ON SCHEMA public");
    }

    [Test]
    public async Task A_role_that_cannot_use_any_schema()
    {
        var url = AsRole(await CreateRoleAsync(), await CreateDatabaseAsync());
        await ExecuteAsync(url, "REVOKE ALL ON SCHEMA public FROM PUBLIC");

        await ShouldBeRefusedAsync(url, "may not use any schema", "GRANT USAGE, CREATE ON SCHEMA public");
    }

    [Test]
    public async Task A_role_that_does_not_own_the_tables_to_migrate()
    {
        var database = await CreateDatabaseAsync();
        await using (var owner = new Verbs(database))
            await owner.MigrateAsync("Initial");
        var url = AsRole(await CreateRoleAsync(), database);
        await ExecuteAsync(
            database,
            "GRANT ALL ON SCHEMA public TO PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC"
        );

        await ShouldBeRefusedAsync(url, "does not own the tables messages, sessions", "role that owns them");
    }

    [Test]
    public async Task A_role_without_the_privileges_of_migrations_is_sufficient_if_none_is_pending()
    {
        var database = await CreateDatabaseAsync();
        await using (var owner = new Verbs(database))
            await owner.MigrateAsync(null);
        var url = AsRole(await CreateRoleAsync(), database);
        await ExecuteAsync(
            database,
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC; "
                + "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO PUBLIC"
        );

        await using var qrai = await QrAiHost.StartAsync(url, provider: null);

        (await qrai.AskAsync("Enough?")).Answer.Status.ShouldBe("completed");
        (await CheckAsync(url)).Passed.ShouldBeTrue();
        await using var verbs = new Verbs(url);
        (await verbs.MigrateAsync(null)).ShouldBeEmpty();
    }

    [Test]
    public async Task A_server_without_TLS_if_the_URL_requires_it() =>
        await ShouldBeRefusedAsync(
            (await CreateDatabaseAsync()) + "?sslmode=require",
            "The server has no TLS",
            "sslmode=prefer"
        );

    [Test]
    public async Task A_server_that_requires_TLS_or_whose_certificate_is_not_trusted()
    {
        await using var cluster = await PostgresCluster.CreateAsync();
        await using var admin = await Sql.OpenAsync(cluster.Url);
        var certificate = await RequireTlsAsync(admin);

        await ShouldBeRefusedAsync(
            cluster.Url + "?sslmode=disable",
            "The server rejects connections without TLS",
            "sslmode=require"
        );
        await ShouldBeRefusedAsync(
            cluster.Url + "?sslmode=verify-full",
            "The server's TLS certificate is not trusted",
            "sslrootcert"
        );
        foreach (
            var good in new[]
            {
                "sslmode=require&channel_binding=require",
                $"sslmode=verify-full&sslrootcert={Uri.EscapeDataString(certificate)}",
                "sslmode=require&require_auth=scram-sha-256&connect_timeout=60&application_name=mine&keepalives=1"
                    + "&keepalives_idle=30&keepalives_interval=5&options=-c%20jit%3Doff&target_session_attrs=read-write"
                    + "&load_balance_hosts=disable&client_encoding=auto&gssencmode=disable&krbsrvname=postgres"
                    + "&sslnegotiation=postgres",
            }
        )
        {
            var check = await CheckAsync($"{cluster.Url}?{good}");
            check.Passed.ShouldBeTrue($"{good}: {check.Detail}");
        }
    }

    [Test]
    public async Task A_server_without_channel_binding_if_the_URL_requires_it() =>
        await ShouldBeRefusedAsync(
            await CreateDatabaseAsync() + "?channel_binding=require",
            "The server offers no channel binding",
            "channel_binding=prefer"
        );

    /// <summary>Asserts that each program reports the fault in one line, without waiting.</summary>
    private static async Task ShouldBeRefusedAsync(string url, string problem, string next)
    {
        await using (var qrai = await QrAiHost.StartAsync(url, provider: null, waitUntilReady: false))
        {
            var state = qrai.Services.GetRequiredService<DatabaseState>();
            await Eventually.Holds(() => state.Refusal is not null);
            ShouldReport(state.Refusal!);
        }

        await using var verbs = new Verbs(url);
        ShouldReport((await Should.ThrowAsync<DatabaseUnusableException>(() => verbs.MigrateAsync(null))).Message);
        var check = await CheckAsync(url);
        check.Passed.ShouldBeFalse();
        ShouldReport(check.Detail);

        void ShouldReport(string line)
        {
            line.ShouldContain(problem);
            line.ShouldContain(next);
            line.ShouldNotContain('\n');
        }
    }

    private static Task<CheckOutcome> CheckAsync(string url) =>
        Checks.RunAsync(CheckNames.Database, clock: null, ("DATABASE_URL", url));

    private static async Task<string> CreateDatabaseAsync(string options = "")
    {
        var name = $"faulty_{Guid.CreateVersion7():N}";
        await ExecuteAsAdminAsync($"CREATE DATABASE {name} {options}");
        return PostgresUrl.WithDatabase(_cluster.Url, name);
    }

    private static async Task<string> CreateRoleAsync()
    {
        var name = $"role_{Guid.CreateVersion7():N}";
        await ExecuteAsAdminAsync($"CREATE ROLE {name} LOGIN PASSWORD 'pw'");
        return name;
    }

    private static string AsRole(string role, string url) =>
        new UriBuilder(url) { UserName = role, Password = "pw" }
            .Uri
            .OriginalString;

    private static Task ExecuteAsAdminAsync(string sql) => ExecuteAsync(_cluster.Url, sql);

    /// <summary>Executes a statement as the superuser in the database of a URL.</summary>
    private static async Task ExecuteAsync(string url, string sql)
    {
        await using var database = await Sql.OpenAsync(
            PostgresUrl.WithDatabase(_cluster.Url, PostgresUrl.DatabaseOf(url))
        );
        await database.ExecuteAsync(sql);
    }

    /// <summary>Creates a certificate for the server, and configures it to accept only TLS.</summary>
    /// <returns>The path of the certificate.</returns>
    private static async Task<string> RequireTlsAsync(Sql admin)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var path = Path.Combine(TestRun.NewFolder(), "root.crt");
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem());
        await WriteAsync(admin, "server.crt", certificate.ExportCertificatePem());
        await WriteAsync(admin, "server.key", key.ExportPkcs8PrivateKeyPem());
        await WriteAsync(admin, "pg_hba.conf", "hostssl all all 127.0.0.1/32 scram-sha-256");
        await admin.ExecuteAsync("ALTER SYSTEM SET ssl = on");
        await ReloadAsync(admin);
        return path;
    }

    /// <summary>Lets the server write a file that other users cannot read.</summary>
    private static Task WriteAsync(Sql admin, string file, string text) =>
        admin.ExecuteAsync(
            $"COPY (SELECT unnest(string_to_array('{text.ReplaceLineEndings("\n")}', E'\\n'))) "
                + $"TO PROGRAM 'umask 077; cat > {file}'"
        );

    /// <summary>Reloads the configuration, which does not affect open connections.</summary>
    private static async Task ReloadAsync(Sql admin)
    {
        var before = await admin.TextAsync("SELECT pg_conf_load_time()::text");
        await admin.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.Holds(async () => await admin.TextAsync("SELECT pg_conf_load_time()::text") != before);
    }
}
