using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace QrAi.Tests.E2E.GraphQL;

/// <summary>The audits of the reference implementation of GraphQL over HTTP.</summary>
public sealed class AuditTests : ProgramTests
{
    [Test]
    public async Task The_server_passes_all_audits_with_MUST_and_SHOULD()
    {
        var package = await new NpmPackage("graphql-http", "1.23.1").InstallAsync();
        var program = await StartAsync(new Workplace());

        var result = await Cli.Wrap("node")
            .WithArguments([
                Path.Combine(AppContext.BaseDirectory, "GraphQL", "audits.mjs"),
                package,
                $"{program.Address}/graphql",
            ])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync()
            .Task.WaitAsync(Eventually.DefaultLimit);

        result.ExitCode.ShouldBe(0, result.StandardError);
        var audits = JsonElement.Parse(result.StandardOutput).EnumerateArray().ToList();
        audits.Count.ShouldBeGreaterThan(50);
        audits
            .Where(audit =>
                audit.Text("status") != "ok" && !audit.Text("name")!.StartsWith("MAY", StringComparison.Ordinal)
            )
            .Select(audit => $"{audit.Text("id")} {audit.Text("name")}: {audit.Text("status")}, {audit.Text("reason")}")
            .ShouldBeEmpty();
    }
}
