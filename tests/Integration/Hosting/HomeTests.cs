using System.Net;

namespace QrAi.Tests.Integration.Hosting;

public sealed class HomeTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Test]
    public async Task A_browser_is_redirected_to_the_documentation_page_in_development()
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "development" });

        using var response = await HomeAsync(qrai, Browser);

        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.Location!.ToString().ShouldBe("/docs");
    }

    [Test]
    public async Task Elsewhere_a_browser_gets_a_description_even_with_authentication()
    {
        await using var qrai = await StartAsync(new() { ["AUTHENTICATION"] = "api-key" });

        using var response = await HomeAsync(qrai, Browser);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
        var page = await response.Content.ReadAsStringAsync();
        page.ShouldContain("/api");
        page.ShouldNotContain("http"); // loads nothing from other hosts
    }

    [TestCase("application/json")]
    [TestCase("*/*")]
    [TestCase("application/json, text/html;q=0.9")]
    [TestCase("")]
    public async Task A_program_gets_a_404(string accept)
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "development" });

        await HomeAsync(qrai, accept).ShouldBeProblem(404, "not_found");
    }

    private static Task<HttpResponseMessage> HomeAsync(QrAiHost qrai, string accept) =>
        qrai.SendAsync(HttpMethod.Get, "/", headers: headers => headers.TryAddWithoutValidation("Accept", accept));
}
