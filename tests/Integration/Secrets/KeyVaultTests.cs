using System.Diagnostics;
using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Integration.Secrets;

/// <summary>Reads a vault over its protocol: challenge, pages, retries, and all kinds of failures.</summary>
public sealed class KeyVaultTests
{
    private static readonly HashSet<string> Names = ["DATABASE_URL", "LLM_PROVIDERS", "OPENROUTER_API_KEY"];

    private KeyVaultServer _vault = null!;

    [SetUp]
    public async Task StartVaultAsync() => _vault = await KeyVaultServer.StartAsync();

    [TearDown]
    public async Task StopVaultAsync() => await _vault.DisposeAsync();

    [Test]
    public async Task Secrets_with_the_names_of_settings_are_read_over_all_pages_and_no_others()
    {
        _vault["DATABASE-URL"] = "one";
        _vault["llm-providers"] = "two";
        _vault["NOBODYS-BUSINESS"] = "other";
        _vault["OPENROUTER-API-KEY"] = "three";
        _vault["ZZZ"] = "other";

        var reading = await ReadAsync();

        reading.Fault.ShouldBeNull();
        reading.Values.ShouldBe(
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = "one",
                ["LLM_PROVIDERS"] = "two",
                ["OPENROUTER_API_KEY"] = "three",
            },
            ignoreOrder: true
        );
        _vault
            .Requests.Where(request => request.Contains("/secrets/", StringComparison.Ordinal))
            .Select(request => request.Trim('/'))
            .ShouldBe(
                ["GET /secrets/DATABASE-URL", "GET /secrets/llm-providers", "GET /secrets/OPENROUTER-API-KEY"],
                ignoreOrder: true
            );
        // The challenge for a token, then three pages of five secrets.
        _vault.Requests.Count(request => request == "GET /secrets").ShouldBe(4);
    }

    [Test]
    public async Task Secrets_that_are_disabled_expired_or_not_valid_yet_are_ignored_and_not_read()
    {
        var clock = new TestClock();
        _vault.Add("DATABASE-URL", "one", enabled: false);
        _vault.Add("LLM-PROVIDERS", "two", expires: TestClock.Noon);
        _vault.Add("OPENROUTER-API-KEY", "three", notBefore: TestClock.Noon.AddSeconds(1));

        var reading = await ReadAsync(clock: clock);

        reading.Values.ShouldBeEmpty();
        reading.Unusable.ShouldBe(
            new Dictionary<string, string>
            {
                ["DATABASE_URL"] = "is disabled",
                ["LLM_PROVIDERS"] = "has expired",
                ["OPENROUTER_API_KEY"] = "is not valid yet",
            },
            ignoreOrder: true
        );
        _vault.Requests.ShouldAllBe(request => request == "GET /secrets");

        clock.Advance(TimeSpan.FromSeconds(1));
        (await ReadAsync(clock: clock)).Values.ShouldContainKeyAndValue("OPENROUTER_API_KEY", "three");
    }

    [Test]
    public async Task A_busy_vault_is_retried_after_its_retry_after()
    {
        _vault["OPENROUTER-API-KEY"] = "three";
        _vault.Fail(429, "Throttled", times: 1, retryAfterSeconds: 2);

        var reading = await ReadAsync();

        reading.Values.ShouldContainKey("OPENROUTER_API_KEY");
        reading.Duration.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1.9));
    }

    [Test]
    public async Task A_vault_that_is_busy_for_longer_than_the_limit_is_reported_within_the_limit()
    {
        _vault.Fail(429, "Throttled", retryAfterSeconds: 600);

        (await FaultAsync(seconds: 5)).Problem.ShouldBe("is too busy (429 Too Many Requests)");
    }

    [Test]
    public async Task A_transient_failure_is_retried()
    {
        _vault["OPENROUTER-API-KEY"] = "three";
        _vault.Fail(503, "ServiceUnavailable", times: 2);

        (await ReadAsync()).Values.ShouldContainKey("OPENROUTER_API_KEY");
    }

    [TestCase(401, "Unauthorized", null, "rejected the credential (401 Unauthorized: Unauthorized)")]
    [TestCase(403, "Forbidden", "ForbiddenByRbac", "denied access (403 Forbidden: ForbiddenByRbac)")]
    [TestCase(
        403,
        "Forbidden",
        "ForbiddenByFirewall",
        "rejected this machine's address (403 Forbidden: ForbiddenByFirewall)"
    )]
    [TestCase(404, "NotFound", null, "does not respond like a key vault")]
    public async Task A_refusal_is_reported_with_the_vaults_code(int status, string code, string? inner, string what)
    {
        _vault.Fail(status, code, inner: inner);

        var fault = await FaultAsync();

        fault.Problem.ShouldBe(what);
        fault.ToString().ShouldNotContain("s3cr3t");
    }

    [Test]
    public async Task A_refused_secret_makes_the_vault_unreadable()
    {
        _vault["OPENROUTER-API-KEY"] = "three";
        _vault.FailSecrets(403, "Forbidden", "ForbiddenByRbac");

        (await FaultAsync()).Problem.ShouldContain("ForbiddenByRbac");
    }

    [Test]
    public async Task A_vault_that_hangs_is_abandoned_within_the_limit()
    {
        _vault.Hang();
        var clock = Stopwatch.StartNew();

        (await FaultAsync(seconds: 2)).Problem.ShouldBe("did not answer within 2 s");

        clock.Elapsed.ShouldBeLessThan(Eventually.DefaultLimit);
    }

    [Test]
    public async Task A_credential_that_hangs_is_abandoned_within_the_limit() =>
        (await FaultAsync(seconds: 5, credential: new HangingCredential())).Problem.ShouldBe(
            "cannot be read, because Azure issued no token in time"
        );

    [Test]
    public async Task An_untrusted_certificate_is_reported()
    {
        using var http = new HttpClientTransport(
            new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(_vault.Proxy) })
        );

        (await FaultAsync(transport: http)).Problem.ShouldContain("its certificate is not valid on this machine");
    }

    [Test]
    public async Task An_unreachable_vault_is_reported()
    {
        await _vault.DisposeAsync();

        (await FaultAsync()).Problem.ShouldBe("cannot be reached: no connection");
    }

    [Test]
    public async Task A_server_that_is_not_a_vault_receives_no_token()
    {
        // Its name does not end with the resource for which it requests a token.
        var fault = await FaultAsync(url: "https://elsewhere.test");

        fault.Problem.ShouldBe("does not respond like a key vault");
        fault.Next.ShouldContain("AZURE_KEYVAULT_URL");
        _vault.Requests.ShouldBe(["GET /secrets"]);
    }

    [Test]
    public async Task A_cancellation_ends_the_reading()
    {
        _vault.Hang();
        using var stop = new CancellationTokenSource();
        var reading = Create().ReadAsync(stop.Token);
        await Eventually.Holds(() => _vault.Requests.Count > 1);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(reading);
    }

    private Task<KeyVaultResult> ReadAsync(TimeProvider? clock = null) =>
        Create(clock: clock).ReadAsync(CancellationToken.None);

    private async Task<KeyVaultFault> FaultAsync(
        double seconds = 60,
        TokenCredential? credential = null,
        HttpPipelineTransport? transport = null,
        string? url = null
    )
    {
        var reading = await Create(seconds, credential, transport, url).ReadAsync(CancellationToken.None);
        reading.Values.ShouldBeEmpty();
        return reading.Fault.ShouldNotBeNull();
    }

    private KeyVault Create(
        double seconds = 60,
        TokenCredential? credential = null,
        HttpPipelineTransport? transport = null,
        string? url = null,
        TimeProvider? clock = null
    ) => _vault.Connect(Names, TimeSpan.FromSeconds(seconds), credential, transport, url, clock);

    private sealed class HangingCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override async ValueTask<AccessToken> GetTokenAsync(
            TokenRequestContext requestContext,
            CancellationToken cancellationToken
        )
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        }
    }
}
