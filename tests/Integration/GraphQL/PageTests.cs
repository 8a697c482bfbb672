using System.Net;
using System.Text.RegularExpressions;

namespace QrAi.Tests.Integration.GraphQL;

/// <summary>The page to try GraphQL on.</summary>
public sealed partial class PageTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    private static readonly Dictionary<string, string> _development = new() { ["ENVIRONMENT"] = "development" };

    [Test]
    public async Task A_browser_gets_it_in_development_whole_and_from_here_alone()
    {
        await using var qrai = await StartAsync(_development);

        using var response = await OpenAsync(qrai);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none';");
        policy.ShouldContain("connect-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("http");
        policy.ShouldNotContain("*");
        var html = await response.Content.ReadAsStringAsync();
        html.ShouldContain("fetch(location.pathname");
        Loaded().Matches(html).Select(match => match.Value).ShouldBeEmpty("It loads something.");
        html.ShouldNotContain("://");
    }

    [Test]
    public async Task An_operation_is_executed_even_for_a_browser()
    {
        await using var qrai = await StartAsync(_development);

        using var response = await OpenAsync(qrai, "?query={__typename}");

        response.Content.Headers.ContentType?.MediaType.ShouldNotBe("text/html");
    }

    [Test]
    public async Task Outside_development_there_is_none()
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "test" });

        using var response = await OpenAsync(qrai);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest); // there is no query
        response.Content.Headers.ContentType?.MediaType.ShouldNotBe("text/html");
    }

    [Test]
    public async Task Where_callers_prove_who_they_are_it_is_open_to_nobody_else()
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "test", ["AUTHENTICATION"] = "api-key" });

        using var response = await OpenAsync(qrai);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static Task<HttpResponseMessage> OpenAsync(QrAiHost qrai, string query = "") =>
        qrai.SendAsync(
            HttpMethod.Get,
            $"/graphql{query}",
            headers: headers => headers.Accept.ParseAdd("text/html, application/xhtml+xml, */*;q=0.8")
        );

    [GeneratedRegex("""(src|href|srcset)\s*=|@import|url\(|import\s*\(""")]
    private static partial Regex Loaded();
}
