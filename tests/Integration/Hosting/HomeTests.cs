namespace QrAi.Tests.Integration.Hosting;

/// <summary>The address alone, for programs; tests/E2E/Pages has the page for people.</summary>
public sealed class HomeTests() : IntegrationTest(DatabaseKind.Sqlite)
{
    [TestCase("application/json")]
    [TestCase("*/*")]
    [TestCase("application/json, text/html;q=0.9")]
    [TestCase("")]
    public async Task A_program_gets_a_404(string accept)
    {
        await using var qrai = await StartAsync(new() { ["ENVIRONMENT"] = "development" });

        foreach (var path in new[] { "/", "/documents", $"/sessions/{Guid.CreateVersion7()}" })
            await qrai.SendAsync(
                    HttpMethod.Get,
                    path,
                    headers: headers => headers.TryAddWithoutValidation("Accept", accept)
                )
                .ShouldBeProblem(404, "not_found");
    }
}
