using System.CommandLine;
using System.Text.Json;
using MediatR;
using QrAi.Application.Checks;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Commands;

/// <summary><c>check</c>: checks the configuration and the dependencies of the service.</summary>
internal static class CheckCommand
{
    private static readonly JsonSerializerOptions Json = CreateJson();

    public static Command Create(VerbRunner runner)
    {
        var names = new Argument<string[]>("NAME")
        {
            Description =
                $"The checks to run, of {string.Join(", ", CheckNames.All)}; without it all that are configured.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        names.AcceptOnlyFromAmong([.. CheckNames.All]);
        var json = new Option<bool>("--json") { Description = "Print one JSON document in place of lines." };
        var command = new Command(
            "check",
            "Checks what the service depends on, and prints a line for each check: ok or FAILED, the name, the detail. "
                + "It changes nothing, and can run beside a running service."
        )
        {
            names,
            json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                runner.RunAsync(
                    (sender, terminal, stop) =>
                        CheckAsync(parsed.GetValue(names) ?? [], parsed.GetValue(json), sender, terminal, stop),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> CheckAsync(
        string[] names,
        bool asJson,
        ISender sender,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var results = await sender.Send(new RunChecks(names), cancellationToken);
        if (asJson)
            await terminal.Output.WriteLineAsync(ToJson(results));
        else
            foreach (var result in results)
                await terminal.Output.WriteLineAsync(Line(result));
        foreach (var problem in results.SelectMany(result => result.Outcome.Problems))
            await terminal.Error.WriteLineAsync(problem);
        return results.All(result => result.Outcome.Passed) ? ExitCode.Done
            : results.Any(result => result is { Name: CheckNames.Environment, Outcome.Passed: false })
                ? ExitCode.InvalidSettings
            : ExitCode.Failed;
    }

    // Details from external services may contain line breaks.
    private static string Line(CheckResult result) =>
        $"{(result.Outcome.Passed ? "ok" : "FAILED"), -6} {result.Name} {result.Outcome.Detail.ReplaceLineEndings(" ")}";

    private static string ToJson(IReadOnlyList<CheckResult> results) =>
        JsonSerializer.Serialize(
            new
            {
                Status = StatusOf(results.All(result => result.Outcome.Passed)),
                Checks = results.Select(result => new
                {
                    result.Name,
                    Status = StatusOf(result.Outcome.Passed),
                    result.Outcome.Detail,
                    result.Outcome.Facts,
                    result.Outcome.Problems,
                }),
            },
            Json
        );

    private static string StatusOf(bool passed) => passed ? "ok" : "failed";

    private static JsonSerializerOptions CreateJson()
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        QrAiJson.Configure(json);
        return json;
    }
}
