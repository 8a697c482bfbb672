using System.Net;
using System.Text.RegularExpressions;

namespace QrAi.Tests.Integration.GraphQL;

/// <summary>The page for trying GraphQL.</summary>
public sealed partial class PageTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    private static readonly Dictionary<string, string> _development = new() { ["ENVIRONMENT"] = "development" };

    [Test]
    public async Task A_browser_gets_it_in_development_and_it_loads_nothing_from_other_hosts()
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
    public async Task An_operation_of_a_browser_is_executed()
    {
        await using var qrai = await StartAsync(_development);

        using var response = await OpenAsync(qrai, "?query={__typename}");

        response.Content.Headers.ContentType?.MediaType.ShouldNotBe("text/html");
    }

    [Test]
    public async Task It_does_not_exist_outside_development()
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "test" });

        using var response = await OpenAsync(qrai);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest); // there is no query
        response.Content.Headers.ContentType?.MediaType.ShouldNotBe("text/html");
    }

    [Test]
    public async Task With_authentication_it_requires_a_caller()
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
