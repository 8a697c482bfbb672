using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E;

/// <summary>The runbook, run from top to bottom as an operator would.</summary>
public sealed partial class OperationsTests : ProgramTests
{
    // Printed between two blocks, to tell their outputs apart.
    private const string Mark = "=== end of block ===";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    [Test]
    public async Task Every_command_of_the_runbook_does_and_prints_what_it_says()
    {
        Assume.That(PostgresBinaries.PathOf("psql"), Is.Not.Null, "It needs PostgreSQL's clients.");
        var runbook = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations.md"));
        var blocks = Blocks(runbook);
        blocks.Count.ShouldBeGreaterThan(8);
        blocks.Count.ShouldBe(runbook.Split("```sh").Length - 1, "Some commands do not say what they print.");
        var workplace = await new Workplace().WithAsync(Database.Postgres);
        workplace.Settings["DATABASE_MIGRATE_ON_START"] = "false";
        workplace.Settings["BACKUP_DIRECTORY"] = Path.Combine(workplace.Folder, "backups");
        // As an operator would have started it; it waits for the migration.
        var service = Launch(workplace);

        var outputs = await RunAsync(workplace, service.Address, blocks.Select(block => block.Commands));

        outputs.Count.ShouldBe(blocks.Count);
        foreach (var (block, output) in blocks.Zip(outputs))
            output.ShouldMatch(Pattern(block.Output), $"This was printed by:\n{block.Commands}");
    }

    /// <summary>The commands of each block, and what the block after it says that they print.</summary>
    private static List<(string Commands, string Output)> Blocks(string markdown) =>
        [.. Block().Matches(markdown).Select(match => (Unindent(match, "commands"), Unindent(match, "output")))];

    private static string Unindent(Match match, string group) =>
        string.Join(
            '\n',
            match
                .Groups[group]
                .Value.TrimEnd()
                .Split('\n')
                .Select(line => line[Math.Min(line.Length, match.Groups["indent"].Length)..])
        );

    // "…" is anything within a line, and as a line of its own any number of lines; columns may be wider.
    private static string Pattern(string output) =>
        $"^{string.Concat(output.Split('\n').Select(line => line == "…" ? "(.*\n)*" : $"{LinePattern(line)}\n"))}$";

    private static string LinePattern(string line) =>
        string.Join(" +", line.Split(' ').Select(Regex.Escape)).Replace("…", ".*", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> RunAsync(
        Workplace workplace,
        string address,
        IEnumerable<string> blocks
    )
    {
        var script = "set -euo pipefail\n" + string.Concat(blocks.Select(block => $"{block}\necho '{Mark}'\n"));
        using var limit = new CancellationTokenSource(_limit, TimeProvider.System);
        var result = await Cli.Wrap("bash")
            .WithArguments("-s")
            .WithStandardInputPipe(PipeSource.FromString(script))
            .WithWorkingDirectory(workplace.Folder)
            .WithEnvironmentVariables(EnvironmentOf(workplace, address))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        result.ExitCode.ShouldBe(0, $"{result.StandardOutput}--- errors\n{result.StandardError}");
        return [.. result.StandardOutput.Split($"{Mark}\n")[..^1]];
    }

    private static Dictionary<string, string?> EnvironmentOf(Workplace workplace, string address)
    {
        // The name that the runbook calls the program by.
        var programs = Directory.CreateDirectory(Path.Combine(workplace.Folder, "programs")).FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "qrai"), TestRun.Current.Program);
        var database = PostgresUrl.ToEnvironment(workplace.Settings["DATABASE_URL"]);
        var clients = Path.GetDirectoryName(PostgresBinaries.PathOf("psql"));
        var environment = workplace.Settings.Concat(database).ToDictionary(one => one.Key, string? (one) => one.Value);
        environment["PATH"] = $"{programs}:{clients}:{Environment.GetEnvironmentVariable("PATH")}";
        environment["DOTNET_ROOT"] = TestRun.DotnetRoot;
        environment["QRAI"] = address;
        return environment;
    }

    [GeneratedRegex(
        @"^(?<indent> *)```sh\n(?<commands>(.*\n)*?) *```\n\n *```text\n(?<output>(.*\n)*?) *```$",
        RegexOptions.Multiline
    )]
    private static partial Regex Block();
}
