using CliWrap;
using CliWrap.Buffered;

namespace QrAi.Tests.E2E.OpenApi;

/// <summary>The description of QrAi, checked by an independent linter.</summary>
public sealed class LintTests
{
    [Test]
    public async Task The_description_breaks_no_rule_of_a_linter()
    {
        var package = await new NpmPackage("@redocly/cli", "2.77.0").InstallAsync();

        var result = await Cli.Wrap("node")
            .WithArguments([
                Path.Combine(package, "bin", "cli.js"),
                "lint",
                Path.Combine(Repository.Root, "docs", "openapi.json"),
                "--extends=recommended-strict",
                "--format=stylish",
            ])
            .WithEnvironmentVariables(variables =>
                variables.Set("REDOCLY_TELEMETRY", "off").Set("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
            )
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync()
            .Task.WaitAsync(Eventually.DefaultLimit);

        result.ExitCode.ShouldBe(0, result.StandardOutput + result.StandardError);
        result.StandardError.ShouldContain("Your API description is valid", customMessage: result.StandardOutput);
    }
}
