using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using QrAi.Tests.Testing.Postgres;

namespace QrAi.Tests.E2E.Setup;

/// <summary>
/// A page of docs whose commands one shell runs from top to bottom: each <c>sh</c> block is followed by a <c>text</c>
/// block with its output. There, "…" matches any text within a line, or any number of lines if it is the whole line.
/// Columns can be wider, and trailing white space is ignored.
/// </summary>
internal sealed partial class RunnableDocument
{
    // Printed between two blocks, to separate their outputs.
    private const string Mark = "=== end of block ===";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(3);

    private RunnableDocument(IReadOnlyList<(string Commands, string Output)> blocks) => Blocks = blocks;

    /// <summary>The commands of each block with their expected output.</summary>
    public IReadOnlyList<(string Commands, string Output)> Blocks { get; }

    /// <summary>Reads a page; each of its commands must have an expected output.</summary>
    /// <param name="name">Its name in <c>docs</c>.</param>
    public static async Task<RunnableDocument> ReadAsync(string name)
    {
        var markdown = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", name));
        var blocks = Block()
            .Matches(markdown)
            .Select(match => (Unindent(match, "commands"), Unindent(match, "output")))
            .ToList();
        blocks.Count.ShouldBe(markdown.Split("```sh").Length - 1, "Some commands have no expected output.");
        return new RunnableDocument(blocks);
    }

    /// <summary>Runs the commands, which must succeed, and compares their output.</summary>
    /// <param name="workplace">The working directory and the settings.</param>
    /// <param name="address">The address of the service, which is <c>$QRAI</c> in the commands.</param>
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
            WithoutTrailingSpace(output).ShouldMatch(Pattern(block.Output), $"The output of:\n{block.Commands}");
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
        // The name of the program on the pages.
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
