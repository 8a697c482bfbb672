using System.Net;
using System.Net.Http.Headers;

namespace QrAi.Tests.E2E;

/// <summary>Callers of the published program in production, and the verb that creates their keys.</summary>
public sealed class KeysTests : ProgramTests
{
    [Test]
    public async Task In_production_a_key_created_by_the_verb_is_accepted_until_the_verb_revokes_it()
    {
        var workplace = await ProductionAsync();
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);
        var service = await StartAsync(workplace);
        (await service.Http.StatusAsync("/api/sessions")).ShouldBe(HttpStatusCode.Unauthorized);

        var alice = await CreateAsync(workplace, "alice");
        var bob = await CreateAsync(workplace, "laptop", "--owner", "bob", "--expires", "2999-01-31");

        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", alice);
        var session = (await service.Http.AskAsync("May I?")).Text("sessionId")!;
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bob);
        (await service.Http.StatusAsync($"/api/sessions/{session}")).ShouldBe(HttpStatusCode.NotFound);
        var list = (await RunAsync(workplace, "keys", "list")).Output.Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );
        list.Length.ShouldBe(2);
        list[0].ShouldMatch(@"^[0-9a-f-]{36}  valid    alice  made \S+Z  used \S+  for good  alice$");
        list[1].ShouldMatch(@"^[0-9a-f-]{36}  valid    bob  made \S+Z  used \S+  until 2999-01-31T00:00:00Z  laptop$");

        (await RunAsync(workplace, "keys", "revoke", list[1][..36])).Output.ShouldBe(
            $"revoked {list[1][..36]} laptop\n"
        );

        await Eventually.Value(
            () => service.Http.StatusAsync("/api/sessions"),
            status => status == HttpStatusCode.Unauthorized
        );
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", alice);
        (await service.Http.StatusAsync($"/api/sessions/{session}")).ShouldBe(HttpStatusCode.OK);
        (service.Output + service.Errors).ShouldNotContain(alice[5..]);
        (await RunAsync(workplace, "keys", "list")).Output.ShouldContain($"{list[1][..36]}  revoked");
    }

    [Test]
    public async Task In_production_only_health_and_the_home_page_are_public()
    {
        var workplace = await ProductionAsync();
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);
        var service = await StartAsync(workplace);

        foreach (var path in new[] { "/health", "/health/live", "/health/ready" })
            (await service.Http.StatusAsync(path)).ShouldBe(HttpStatusCode.OK, path);
        (await service.Http.StatusAsync("/")).ShouldBe(HttpStatusCode.NotFound, "A browser gets a page.");
        foreach (var path in new[] { "/openapi/v1.json", "/docs", "/docs/", "/nowhere", "/api/sessions" })
        {
            using var response = await service.Http.GetAsync(path);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }
    }

    [Test]
    public async Task In_development_the_description_is_public_even_if_callers_need_a_key()
    {
        var workplace = new Workplace();
        workplace.Settings["AUTHENTICATION"] = "api-key";
        var service = await StartAsync(workplace);

        (await service.Http.StatusAsync("/openapi/v1.json")).ShouldBe(HttpStatusCode.OK);
        (await service.Http.ReadAsync("/openapi/v1.json"))
            .GetProperty("components")
            .GetProperty("securitySchemes")
            .GetProperty("bearer")
            .GetProperty("scheme")
            .GetString()
            .ShouldBe("bearer");
        (await service.Http.StatusAsync("/docs/")).ShouldBe(HttpStatusCode.OK);
        (await service.Http.StatusAsync("/api/sessions")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_database_of_another_version_is_reported_and_not_changed([Values] Database database)
    {
        var workplace = await new Workplace().WithAsync(database);
        workplace.Settings["DATABASE_MIGRATE_ON_START"] = "false";

        var older = await RunAsync(workplace, "keys", "create", "alice");

        older.ExitCode.ShouldBe(1);
        older.Output.ShouldBeEmpty();
        older.Errors.ShouldContain("The database is older than this program.");
        older.Errors.ShouldContain("migrate");
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);
        (await RunAsync(workplace, "keys", "list")).ShouldBe((0, "", ""));
    }

    [TestCase("keys", "create")]
    [TestCase("keys", "create", " ")]
    [TestCase("keys", "create", "alice", "--owner", "jwt:alice")]
    [TestCase("keys", "create", "alice", "--expires", "tomorrow")]
    [TestCase("keys", "create", "alice", "--expires", "2001-01-31")]
    [TestCase("keys", "create", "alice", "--expires", "0")]
    [TestCase("keys", "rotate", "nobody")]
    [TestCase("keys", "rotate", "019aba3e-7f5e-7c1b-8b0e-6a3c1f5d9e42", "--keep", "long")]
    [TestCase("keys", "rotate", "019aba3e-7f5e-7c1b-8b0e-6a3c1f5d9e42", "--keep", "366d")]
    [TestCase("keys", "revoke", "nobody")]
    [TestCase("keys", "list", "more")]
    public async Task Wrong_usage_is_reported_and_creates_no_key(params string[] arguments)
    {
        var workplace = new Workplace();
        (await RunAsync(workplace, "migrate")).ExitCode.ShouldBe(0);

        var (exit, output, errors) = await RunAsync(workplace, arguments);

        exit.ShouldBe(2, errors);
        output.ShouldBeEmpty();
        errors.ShouldNotBeEmpty();
        (await RunAsync(workplace, "keys", "list")).Output.ShouldBeEmpty();
    }

    private static async Task<Workplace> ProductionAsync()
    {
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        workplace.Settings["ENVIRONMENT"] = "production";
        workplace.Settings["LLM_PROVIDERS"] = "offline";
        return workplace;
    }

    /// <summary>Creates a key, which must be the only content of standard output.</summary>
    private async Task<string> CreateAsync(Workplace workplace, params string[] arguments)
    {
        var (exit, output, errors) = await RunAsync(workplace, ["keys", "create", .. arguments]);
        exit.ShouldBe(0, errors);
        output.ShouldMatch("^qrai_[A-Za-z0-9_-]{43}\n$");
        errors.ShouldNotContain(output.Trim());
        return output.Trim();
    }
}
