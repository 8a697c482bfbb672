using YamlDotNet.RepresentationModel;

namespace QrAi.Tests.Architecture.Automation;

/// <summary>The hooks, which check each commit. They are scripts of this repository, and CI runs them again.</summary>
public sealed class HookTests
{
    private static readonly string[] Banned = ["stages", "always_run", "exclude", "args", "additional_dependencies"];

    private static List<YamlNode> Repositories { get; } = [.. Yaml.Read(".pre-commit-config.yaml").At("repos").Items()];

    private static List<YamlNode> Hooks { get; } =
    [.. Repositories.SelectMany(repository => repository.At("hooks").Items())];

    [TestCase("text")]
    [TestCase("merge-markers")]
    [TestCase("large-files")]
    [TestCase("secrets")]
    [TestCase("json")]
    [TestCase("yaml")]
    [TestCase("shell")]
    [TestCase("csharp")]
    [TestCase("lock-files")]
    [TestCase("build")]
    public void There_is_a_hook(string id) => Hooks.Select(hook => hook.TextAt("id")).ShouldContain(id);

    [Test]
    public void Nothing_is_downloaded_for_a_hook()
    {
        Repositories.ShouldHaveSingleItem().TextAt("repo").ShouldBe("local");
        Hooks.Select(hook => hook.TextAt("language")).Distinct().ShouldBe(["script"]);
    }

    [Test]
    public void A_hook_is_an_executable_script_of_its_name()
    {
        Hooks
            .Select(hook => hook.TextAt("entry"))
            .ShouldBe(Hooks.Select(hook => $"build/hooks/{hook.TextAt("id")}.sh"));
        Hooks
            .Select(hook => Path.Combine(SourceFiles.Root, hook.TextAt("entry")!))
            .Where(script =>
                !File.Exists(script)
                || !OperatingSystem.IsWindows() && !File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute)
                || !File.ReadLines(script).Contains("set -euo pipefail")
            )
            .ShouldBeEmpty();
    }

    [Test]
    public void No_hook_is_deferred_to_another_stage_or_excludes_files() =>
        Hooks
            .SelectMany(hook => hook.Entries().Select(entry => entry.Name).Intersect(Banned))
            .Concat(Yaml.Read(".pre-commit-config.yaml").Entries().Select(entry => entry.Name).Intersect(Banned))
            .ShouldBeEmpty();

    [Test]
    public void CI_runs_every_hook_over_all_files()
    {
        var lines = File.ReadAllLines(Path.Combine(SourceFiles.Root, "build/check.sh"));
        Hooks.Select(hook => $"check ./{hook.TextAt("entry")}").Except(lines).ShouldBeEmpty();
        lines.ShouldContain("check ./build/hooks/secrets.sh --history");
        Workflow.Named("ci").Jobs.SelectMany(job => job.Commands).ShouldContain("./build/check.sh");
    }
}
