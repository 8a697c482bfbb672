namespace QrAi.Tests.E2E;

/// <summary>Runs the page about the API from top to bottom, as a caller would.</summary>
public sealed class ApiDocumentTests : ProgramTests
{
    [Test]
    public async Task Every_example_of_the_API_document_works_as_described()
    {
        var examples = await RunnableDocument.ReadAsync("api.md");
        examples.Blocks.Count.ShouldBeGreaterThan(6);
        var openai = await new NpmPackage("openai", "7.57.0").InstallAsync();
        var workplace = new Workplace().WithOpenRouter(await StartProviderAsync());
        File.CreateSymbolicLink(Path.Combine(workplace.Folder, "node_modules"), Path.GetDirectoryName(openai)!);
        var service = await StartAsync(workplace);

        await examples.RunAsync(workplace, service.Address);
    }
}
