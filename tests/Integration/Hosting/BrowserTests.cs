using System.Net;

namespace QrAi.Tests.Integration.Hosting;

/// <summary>The security headers and the CORS policy for browsers.</summary>
public sealed class BrowserTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private const string AllowedOrigin = "https://app.example";

    [Test]
    public async Task Every_response_has_the_security_headers_of_an_API()
    {
        await using var qrai = await StartAsync();

        foreach (
            var path in new[] { "/api/sessions", "/api/sessions/x", "/nowhere", "/health", "/v1/models", "/v1/nothing" }
        )
        {
            using var response = await qrai.GetAsync(path);
            Header(response, "X-Content-Type-Options").ShouldBe("nosniff", path);
            Header(response, "Referrer-Policy").ShouldBe("no-referrer", path);
            Header(response, "X-Frame-Options").ShouldBe("DENY", path);
            Header(response, "Content-Security-Policy").ShouldBe("default-src 'none'; frame-ancestors 'none'", path);
            response.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
            response.Headers.Contains("Server").ShouldBeFalse();
        }
    }

    [TestCase("/docs/")]
    [TestCase("/graphql")]
    public async Task A_page_may_run_its_own_script_and_call_only_this_service(string path)
    {
        await using var qrai = await StartAsync(new Dictionary<string, string> { ["ENVIRONMENT"] = "development" });

        using var response = await qrai.SendAsync(
            HttpMethod.Get,
            path,
            headers: headers => headers.Accept.ParseAdd("text/html")
        );

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var policy = Header(response, "Content-Security-Policy");
        policy.ShouldStartWith("default-src 'none'; script-src ");
        policy.ShouldContain("connect-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        Header(response, "X-Content-Type-Options").ShouldBe("nosniff");
    }

    [Test]
    public async Task Without_allowed_origins_no_page_of_another_origin_can_call()
    {
        await using var qrai = await StartAsync();

        using var preflight = await PreflightAsync(qrai, AllowedOrigin);
        using var called = await CallAsync(qrai, AllowedOrigin);

        preflight.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        foreach (var response in new[] { preflight, called })
            response
                .Headers.Where(header => header.Key.StartsWith("Access-Control-", StringComparison.Ordinal))
                .ShouldBeEmpty();
    }

    [Test]
    public async Task Only_pages_of_the_allowed_origins_can_call()
    {
        await using var qrai = await StartAsync(
            new Dictionary<string, string>
            {
                ["CORS_ORIGINS"] = $"{AllowedOrigin},http://localhost:5173",
                ["AUTHENTICATION"] = "api-key",
            }
        );

        using var preflight = await PreflightAsync(qrai, AllowedOrigin);
        using var called = await CallAsync(qrai, AllowedOrigin);
        using var other = await PreflightAsync(qrai, "https://evil.example");
        using var otherCalled = await CallAsync(qrai, "https://app.example.evil.example");

        preflight.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        Header(preflight, "Access-Control-Allow-Origin").ShouldBe(AllowedOrigin);
        Header(preflight, "Access-Control-Allow-Methods").ShouldContain("PATCH");
        Header(preflight, "Access-Control-Allow-Headers").ShouldContain("authorization", Case.Insensitive);
        preflight.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        // A page can read the reason for a refusal.
        called.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        Header(called, "Access-Control-Allow-Origin").ShouldBe(AllowedOrigin);
        Header(called, "Access-Control-Expose-Headers").ShouldContain("Retry-After");
        Header(called, "Vary").ShouldContain("Origin");
        foreach (var response in new[] { other, otherCalled })
            response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    private static string Header(HttpResponseMessage response, string name) =>
        string.Join(", ", response.Headers.GetValues(name));

    private static Task<HttpResponseMessage> PreflightAsync(QrAiHost qrai, string origin) =>
        qrai.SendAsync(
            HttpMethod.Options,
            "/api/sessions/0198b0de-3f5b-7b3a-8e53-5f3f3f3f3f3f",
            headers: headers =>
            {
                headers.Add("Origin", origin);
                headers.Add("Access-Control-Request-Method", "PATCH");
                headers.Add("Access-Control-Request-Headers", "authorization,content-type");
            }
        );

    private static Task<HttpResponseMessage> CallAsync(QrAiHost qrai, string origin) =>
        qrai.SendAsync(HttpMethod.Get, "/api/sessions", headers: headers => headers.Add("Origin", origin));
}
