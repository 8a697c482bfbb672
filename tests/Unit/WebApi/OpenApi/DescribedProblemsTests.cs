using System.Text.Json;
using QrAi.WebApi.Errors;
using QrAi.WebApi.OpenApi;

namespace QrAi.Tests.Unit.WebApi.OpenApi;

public sealed class DescribedProblemsTests
{
    [Test]
    public async Task Every_code_has_an_example_with_its_status_and_title()
    {
        await using var words = typeof(OpenApiDescription).Assembly.GetManifestResourceStream(
            "QrAi.WebApi.OpenApi.description.json"
        )!;
        using var description = await JsonDocument.ParseAsync(words);
        var examples = description
            .RootElement.GetProperty("components")
            .GetProperty("responses")
            .EnumerateObject()
            .Select(response => response.Value.GetProperty("content"))
            .Where(content => content.TryGetProperty("application/problem+json", out _))
            .SelectMany(content =>
                content.GetProperty("application/problem+json").GetProperty("examples").EnumerateObject()
            )
            .Select(example => example.Value.GetProperty("value"))
            .Select(problem =>
                (
                    Code: problem.GetProperty("code").GetString(),
                    Status: problem.GetProperty("status").GetInt32(),
                    Title: problem.GetProperty("title").GetString()
                )
            )
            .ToList();

        foreach (var kind in ErrorKind.All)
            examples.ShouldContain((kind.Code, kind.Status, kind.Title));
    }
}
