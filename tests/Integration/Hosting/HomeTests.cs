using System.Net;

namespace QrAi.Tests.Integration.Hosting;

public sealed class HomeTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Test]
    public async Task A_browser_is_sent_to_the_page_to_try_it_in_development()
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "development" });

        using var response = await HomeAsync(qrai, Browser);

        response.StatusCode.ShouldBe(HttpStatusCode.Found);
        response.Headers.Location!.ToString().ShouldBe("/docs");
    }

    [Test]
    public async Task Elsewhere_a_browser_is_told_what_this_is_even_where_callers_need_a_key()
    {
        await using var qrai = await StartAsync(new() { ["AUTHENTICATION"] = "api-key" });

        using var response = await HomeAsync(qrai, Browser);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
        var page = await response.Content.ReadAsStringAsync();
        page.ShouldContain("/api");
        page.ShouldNotContain("http"); // it loads nothing from elsewhere
    }

    [TestCase("application/json")]
    [TestCase("*/*")]
    [TestCase("application/json, text/html;q=0.9")]
    [TestCase("")]
    public async Task A_program_is_told_that_nothing_is_there(string accept)
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "development" });

        await HomeAsync(qrai, accept).ShouldBeProblem(404, "not_found");
    }

    private static Task<HttpResponseMessage> HomeAsync(QrAiHost qrai, string accept) =>
        qrai.SendAsync(HttpMethod.Get, "/", headers: headers => headers.TryAddWithoutValidation("Accept", accept));
}
