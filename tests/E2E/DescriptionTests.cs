using System.Text.RegularExpressions;

namespace QrAi.Tests.E2E;

public sealed partial class DescriptionTests : ProgramTests
{
    private static readonly string[] _verbs = ["get", "post", "put", "patch", "delete"];

    [Test]
    public async Task The_description_is_OpenAPI_3_1_and_names_every_route()
    {
        var program = await StartAsync(new Workplace());

        var document = await program.Http.ReadAsync("/openapi/v1.json");

        document.Text("openapi").ShouldNotBeNull().ShouldStartWith("3.1.");
        var routes = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Where(member => _verbs.Contains(member.Name))
                    .Select(member => $"{member.Name} {path.Name}")
            )
            .ToList();
        foreach (
            var route in new[]
            {
                "post /api/questions",
                "get /api/sessions",
                "post /api/sessions",
                "get /api/sessions/{id}",
                "patch /api/sessions/{id}",
                "delete /api/sessions/{id}",
                "get /api/sessions/{id}/messages",
                "get /api/answers/{id}",
                "get /api/answers/{id}/stream",
                "post /api/answers/{id}/cancel",
            }
        )
            routes.ShouldContain(route);
    }

    [Test]
    public async Task The_documentation_page_loads_nothing_from_other_hosts()
    {
        var program = await StartAsync(new Workplace());
        var page = new Uri(program.Http.BaseAddress!, "/docs/");

        using (var redirect = await program.Http.GetAsync("/docs"))
            new Uri(new Uri(program.Http.BaseAddress!, "/docs"), redirect.Headers.Location.ShouldNotBeNull()).ShouldBe(
                page
            );
        using var response = await program.Http.GetAsync(page);
        response.Content.Headers.ContentType.ShouldNotBeNull().MediaType.ShouldBe("text/html");
        var html = await response.Content.ReadAsStringAsync();

        html.ShouldNotContain("//");
        var scripts = Sources().Matches(html).Select(match => match.Groups[1].Value).ToList();
        scripts.ShouldNotBeEmpty();
        foreach (var script in scripts)
        {
            using var loaded = await program.Http.GetAsync(new Uri(page, script));
            loaded.EnsureSuccessStatusCode();
            loaded
                .Content.Headers.ContentType.ShouldNotBeNull()
                .MediaType.ShouldNotBeNull()
                .ShouldContain("javascript");
        }

        // By default the script loads fonts, an assistant and telemetry from its vendor.
        html.ShouldContain("\"withDefaultFonts\":false");
        html.ShouldContain("\"telemetry\":false");
        html.ShouldContain("\"agent\":{\"disabled\":true}");
    }

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Sources();
}
