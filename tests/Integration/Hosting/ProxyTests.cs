using System.Net;

namespace QrAi.Tests.Integration.Hosting;

/// <summary>The proxies whose forwarded headers the service trusts.</summary>
public sealed class ProxyTests() : IntegrationTest(DatabaseKind.Postgres)
{
    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    [Test]
    public async Task Forwarded_headers_are_ignored_by_default()
    {
        await using var qrai = await StartAsync(_withKeys);

        await RefusedFromAsync(qrai, "192.0.2.71");

        Output.LinesWith("192.0.2.71").ShouldBeEmpty();
    }

    [Test]
    public async Task A_trusted_proxy_determines_the_address_for_the_limit_of_failed_attempts()
    {
        await using var qrai = await StartAsync(
            new Dictionary<string, string>(_withKeys) { ["TRUSTED_PROXIES"] = "127.0.0.1,10.0.0.0/8" }
        );

        for (var attempt = 0; attempt < 30; attempt++)
            await RefusedFromAsync(qrai, "192.0.2.72");
        await RefusedFromAsync(qrai, "192.0.2.72", HttpStatusCode.TooManyRequests);

        // Through two trusted proxies; an address that the caller wrote itself is ignored.
        await RefusedFromAsync(qrai, "192.0.2.73, 10.1.2.3");
        await RefusedFromAsync(qrai, "203.0.113.1, 192.0.2.72", HttpStatusCode.TooManyRequests);
        await Eventually.Holds(() => Output.LinesWith("192.0.2.73").Count > 0);
    }

    [TestCase("https", true)]
    [TestCase("http", false)]
    public async Task In_production_HSTS_is_sent_over_https(string scheme, bool sent)
    {
        await using var qrai = await StartAsync(
            new Dictionary<string, string> { ["ENVIRONMENT"] = "production", ["TRUSTED_PROXIES"] = "127.0.0.1" }
        );

        using var response = await qrai.SendAsync(
            HttpMethod.Get,
            "/health/live",
            headers: headers => headers.Add("X-Forwarded-Proto", scheme)
        );

        response.Headers.TryGetValues("Strict-Transport-Security", out var values).ShouldBe(sent);
        if (sent)
            values!.ShouldBe(["max-age=31536000"]);
    }

    private static async Task RefusedFromAsync(
        QrAiHost qrai,
        string forwardedFor,
        HttpStatusCode status = HttpStatusCode.Unauthorized
    )
    {
        using var response = await qrai.SendAsync(
            HttpMethod.Get,
            "/api/sessions",
            headers: headers =>
            {
                headers.Add("Authorization", "Bearer nonsense");
                headers.Add("X-Forwarded-For", forwardedFor);
                headers.Add("X-Forwarded-Proto", "https");
            }
        );
        response.StatusCode.ShouldBe(status);
    }
}
