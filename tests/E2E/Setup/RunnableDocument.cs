using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E.Setup;

/// <summary>
/// A page of docs whose commands are run from top to bottom by one shell: each <c>sh</c> block is followed by a <c>text</c>
/// block with what it prints. There, "…" is anything within a line, and as a line of its own any number of lines; columns may
/// be wider, and white space at the end does not count.
/// </summary>
internal sealed partial class RunnableDocument
{
    // Printed between two blocks, to tell their outputs apart.
    private const string Mark = "=== end of block ===";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    private RunnableDocument(IReadOnlyList<(string Commands, string Output)> blocks) => Blocks = blocks;

    /// <summary>The commands of each block, and what the block after it says that they print.</summary>
    public IReadOnlyList<(string Commands, string Output)> Blocks { get; }

    /// <summary>Reads a page; none of its commands may be without what it prints.</summary>
    /// <param name="name">Its name in <c>docs</c>.</param>
    public static async Task<RunnableDocument> ReadAsync(string name)
    {
        var markdown = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", name));
        var blocks = Block()
            .Matches(markdown)
            .Select(match => (Unindent(match, "commands"), Unindent(match, "output")))
            .ToList();
        blocks.Count.ShouldBe(markdown.Split("```sh").Length - 1, "Some commands do not say what they print.");
        return new RunnableDocument(blocks);
    }

    /// <summary>Runs the commands, which must succeed, and compares what they print.</summary>
    /// <param name="workplace">Where, and with which settings.</param>
    /// <param name="address">Where the service is, which the commands call <c>$QRAI</c>.</param>
    public async Task RunAsync(Workplace workplace, string address)
    {
        var script =
            "set -euo pipefail\n" + string.Concat(Blocks.Select(block => $"{block.Commands}\necho '{Mark}'\n"));
        using var limit = new CancellationTokenSource(_limit, TimeProvider.System);
        var result = await Cli.Wrap("bash")
            .WithArguments("-s")
            .WithStandardInputPipe(PipeSource.FromString(script))
            .WithWorkingDirectory(workplace.Folder)
            .WithEnvironmentVariables(EnvironmentOf(workplace, address))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(limit.Token);
        result.ExitCode.ShouldBe(0, $"{result.StandardOutput}--- errors\n{result.StandardError}");

        var outputs = result.StandardOutput.Split($"{Mark}\n")[..^1];
        outputs.Length.ShouldBe(Blocks.Count);
        foreach (var (block, output) in Blocks.Zip(outputs))
            WithoutTrailingSpace(output).ShouldMatch(Pattern(block.Output), $"This was printed by:\n{block.Commands}");
    }

    private static string Unindent(Match match, string group) =>
        string.Join(
            '\n',
            match
                .Groups[group]
                .Value.TrimEnd()
                .Split('\n')
                .Select(line => line[Math.Min(line.Length, match.Groups["indent"].Length)..])
        );

    private static string WithoutTrailingSpace(string output) =>
        string.Join('\n', output.TrimEnd().Split('\n').Select(line => line.TrimEnd())) + '\n';

    private static string Pattern(string output) =>
        $"^{string.Concat(output.Split('\n').Select(line => line == "…" ? "(.*\n)*" : $"{LinePattern(line)}\n"))}$";

    private static string LinePattern(string line) =>
        string.Join(" +", line.Split(' ').Select(Regex.Escape)).Replace("…", ".*", StringComparison.Ordinal);

    private static Dictionary<string, string?> EnvironmentOf(Workplace workplace, string address)
    {
        // The name that the pages call the program by.
        var programs = Directory.CreateDirectory(Path.Combine(workplace.Folder, "programs")).FullName;
        File.CreateSymbolicLink(Path.Combine(programs, "qrai"), TestRun.Current.Program);
        var environment = workplace.Settings.ToDictionary(one => one.Key, string? (one) => one.Value);
        if (workplace.Settings.TryGetValue("DATABASE_URL", out var database))
            foreach (var (name, value) in PostgresUrl.ToEnvironment(database))
                environment[name] = value;
        var clients = Path.GetDirectoryName(PostgresBinaries.PathOf("psql"));
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
