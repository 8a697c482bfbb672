using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace QrAi.Tests.Architecture.Automation;

/// <summary>Workflows run only scripts of the repository and pinned actions, and cannot bypass a check.</summary>
public sealed partial class WorkflowTests
{
    private const string Last = "passed";

    private static readonly string[] Uploads = ["actions/upload-artifact", "github/codeql-action/upload-sarif"];
    private static readonly string[] Banned =
    [
        "continue-on-error",
        "defaults",
        "shell",
        "strategy",
        "working-directory",
    ];

    // All other permissions are read-only.
    private static readonly string[] WritePermissions =
    [
        "security/analysers security-events",
        "security/codeql security-events",
        "security/image security-events",
        "release/security security-events",
        "release/image packages",
    ];

    private static readonly string[] CommandsThatNeedHistory =
    [
        "./build/check.sh",
        "./build/prove-hooks.sh",
        "./build/security.sh secrets",
    ];

    private static List<Job> Jobs { get; } = [.. Workflow.All.SelectMany(workflow => workflow.Jobs)];

    private static List<Job> OwnJobs { get; } = [.. Jobs.Where(job => job.Node.At("uses") is null)];

    private static List<Step> Steps { get; } = [.. Jobs.SelectMany(job => job.Steps)];

    [Test]
    public void The_workflows_are_ci_nightly_release_and_security() =>
        Workflow.All.Select(workflow => workflow.Name).ShouldBe(["ci", "nightly", "release", "security"]);

    [TestCase("ci", "check,hooks,unit,integration,e2e,coverage,passed")]
    [TestCase("security", "packages,secrets,analysers,codeql,image,passed")]
    [TestCase(
        "nightly",
        "mutation,prove-isolation,prove-migrations,prove-backups,prove-durability,benchmark,compose-test,passed"
    )]
    [TestCase("release", "ci,security,image")]
    public void No_job_is_missing(string workflow, string jobs) =>
        Workflow.Named(workflow).Jobs.Select(job => job.Name).ShouldBe(jobs.Split(','));

    [Test]
    public void Every_action_is_pinned_to_a_commit_and_states_its_version()
    {
        var pinned = Workflow.All.SelectMany(workflow => PinnedAction().Matches(workflow.Text)).ToList();
        pinned.Count.ShouldBe(Steps.Count(step => step.Action is not null), "Some actions are not pinned.");

        pinned
            .GroupBy(match => match.Groups["repository"].Value, match => match.Groups["commit"].Value)
            .Where(commits => commits.Distinct().Count() > 1)
            .Select(commits => commits.Key)
            .ShouldBeEmpty("These actions are pinned to several commits.");
    }

    [Test]
    public void Only_actions_of_GitHub_itself_are_used() =>
        None(Steps, step => step.Action is { } action && action.Split('/')[0] is not ("actions" or "github"));

    [Test]
    public void Workflows_that_are_called_exist()
    {
        var called = Jobs.Select(job => job.Node.TextAt("uses")).OfType<string>().ToList();
        called.ShouldNotBeEmpty();
        called
            .Where(path => !path.StartsWith("./.github/workflows/", StringComparison.Ordinal) || !Exists(path))
            .ShouldBeEmpty();
    }

    [Test]
    public void A_step_only_runs_one_script_of_build_or_one_action() =>
        None(
            Steps,
            step =>
                (step.Command is null) == (step.Action is null) || step.Command is { } run && !Command().IsMatch(run)
        );

    [Test]
    public void Every_script_that_is_run_exists_is_executable_and_stops_at_its_first_failure()
    {
        var scripts = Steps.Select(step => step.Command?.Split(' ')[0]).OfType<string>().Distinct().ToList();
        scripts.Count.ShouldBeGreaterThan(10);
        scripts.Where(script => !Exists(script)).ShouldBeEmpty("These scripts do not exist.");
        scripts
            .Where(script => !IsStrictExecutable(script))
            .ShouldBeEmpty("These scripts are not executable, or continue after a failure.");
    }

    [Test]
    public void Every_job_runs_a_script() => None(OwnJobs, job => !job.Commands.Any());

    [Test]
    public void Every_job_has_a_timeout_and_a_pinned_operating_system() =>
        None(
            OwnJobs,
            job =>
                job.Node.TextAt("timeout-minutes") is null
                || job.Node.TextAt("runs-on") is not { } system
                || !IsPinned(system)
        );

    [Test]
    public void Every_job_has_the_least_permissions()
    {
        Workflow
            .All.Where(one => one.Root.At("permissions") is not YamlMappingNode { Children.Count: 0 })
            .ShouldBeEmpty();
        None(Jobs, job => job.Node.At("permissions") is not YamlMappingNode);

        var writes = Jobs.SelectMany(job =>
            job.Node.At("permissions")
                .Entries()
                .Where(permission => permission.Value.ToString() != "read")
                .Select(permission => $"{job} {permission.Name}")
        );
        writes.ShouldBe(WritePermissions, ignoreOrder: true);
        None(
            Jobs,
            job =>
                job.Node.At("permissions")
                    .Entries()
                    .Any(one => one.Name != "contents" && one.Value.ToString() == "read")
        );
    }

    [Test]
    public void No_failure_is_ignored() =>
        Workflow
            .All.SelectMany(workflow => Names(workflow.Root).Intersect(Banned).Select(name => $"{workflow}: {name}"))
            .ShouldBeEmpty();

    [Test]
    public void Only_uploads_and_the_last_job_have_conditions()
    {
        None(Steps, step => step.Node.At("if") is not null && !Uploads.Contains(step.Action));
        None(Jobs, job => job.Node.TextAt("if") is { } condition && (job.Name != Last || condition != "always()"));
        None(Jobs, job => job.Name == Last && job.Node.At("if") is null);
    }

    [Test]
    public void The_jobs_that_a_job_needs_exist() =>
        None(Jobs, job => job.Needs.Except(job.Workflow.Jobs.Select(other => other.Name)).Any());

    [TestCase("ci")]
    [TestCase("security")]
    [TestCase("nightly")]
    public void The_last_job_needs_all_others_and_checks_their_results(string workflow)
    {
        var jobs = Workflow.Named(workflow).Jobs;
        var last = jobs[^1];
        last.Name.ShouldBe(Last);
        last.Needs.ShouldBe(jobs.SkipLast(1).Select(job => job.Name), ignoreOrder: true);
        last.Commands.ShouldBe(["./build/gate.sh"]);
        last.Node.At("env").TextAt("NEEDS").ShouldBe("${{ toJSON(needs) }}");
    }

    [Test]
    public void A_release_needs_all_checks_of_a_change()
    {
        var jobs = Workflow.Named("release").Jobs;
        var called = jobs.Where(job => job.Node.At("uses") is not null).ToList();
        called
            .Select(job => job.Node.TextAt("uses"))
            .ShouldBe(["./.github/workflows/ci.yml", "./.github/workflows/security.yml"]);
        jobs[^1].Needs.ShouldBe(called.Select(job => job.Name));
        jobs[^1].Commands.ShouldBe(["./build/release-image.sh --push"]);
        Workflow.Named("release").Root.At("on").Entries().Select(trigger => trigger.Name).ShouldBe(["push"]);
        Workflow.Named("release").Root.At("on").At("push").Entries().Select(one => one.Name).ShouldBe(["tags"]);
    }

    [TestCase("ci")]
    [TestCase("security")]
    public void Every_push_and_every_pull_request_is_checked_whatever_it_changes(string workflow)
    {
        var triggers = Workflow.Named(workflow).Root.At("on");
        triggers.At("pull_request").ShouldBe(new YamlScalarNode(""));
        triggers.At("push").Entries().Select(one => $"{one.Name} {one.Value}").ShouldBe(["branches [ main ]"]);
    }

    [TestCase("nightly")]
    [TestCase("security")]
    public void Checks_that_depend_on_time_run_on_a_schedule(string workflow) =>
        Workflow
            .Named(workflow)
            .Root.At("on")
            .At("schedule")
            .Items()
            .ShouldHaveSingleItem()
            .TextAt("cron")!
            .Split(' ')
            .Length.ShouldBe(5);

    [Test]
    public void A_newer_run_cancels_an_older_one_except_for_releases()
    {
        foreach (var workflow in Workflow.All)
        {
            var concurrency = workflow.Root.At("concurrency");
            concurrency.TextAt("group").ShouldBe($"{workflow.Name}-${{{{ github.ref }}}}");
            concurrency.TextAt("cancel-in-progress").ShouldBe(workflow.Name == "release" ? "false" : "true");
        }
    }

    [Test]
    public void Every_category_of_tests_runs_in_full_and_in_process_tests_contribute_to_coverage()
    {
        var testing = Workflow.Named("ci").Jobs.Where(job => job.Commands.Any(IsTest)).ToList();
        var categories = testing
            .SelectMany(job => job.Commands.Where(IsTest))
            .SelectMany(command => command.Split(" --category ").Skip(1));
        categories.ShouldBe(["Unit", "Architecture", "Integration", "E2E"], ignoreOrder: true);

        var coverage = Workflow.Named("ci").Jobs.Single(job => job.Name == "coverage");
        coverage.Needs.ShouldBe(["unit", "integration"]);
        coverage.Commands.ShouldBe(["./build/coverage.sh"]);
        UploadsOf(coverage).ShouldBe(["artifacts/coverage"]);
        foreach (var job in testing)
            UploadsOf(job)
                .ShouldBe(
                    coverage.Needs.Contains(job.Name)
                        ? ["artifacts/coverage", "artifacts/test-results"]
                        : ["artifacts/test-results"]
                );
    }

    [Test]
    public void Coverage_below_80_percent_fails_everywhere()
    {
        File.ReadAllText(PathOf("build/coverage.sh")).ShouldContain("\nleast_line_coverage=80\n");
        File.ReadAllText(PathOf("build/test.sh")).ShouldContain("./build/coverage.sh || covered=false");
    }

    [Test]
    public void Integration_tests_wait_until_PostgreSQL_15_is_healthy()
    {
        var job = Workflow.Named("ci").Jobs.Single(job => job.Name == "integration").Node;
        var postgres = job.At("services").At("postgres");
        postgres.TextAt("image").ShouldBe("postgres:15");
        foreach (var option in new[] { "cmd \"pg_isready", "interval", "timeout", "retries" })
            postgres.TextAt("options")!.ShouldContain($"--health-{option}");
        var port = postgres.At("ports").Items().Single().ToString().Split(':')[0];
        job.At("env").TextAt("QRAI_TEST_DATABASE_URL")!.ShouldContain($"@localhost:{port}/");
    }

    [Test]
    public void A_checkout_persists_no_credentials_and_has_the_history_where_it_is_needed()
    {
        var checkouts = Steps.Where(step => step.Action == "actions/checkout").ToList();
        checkouts.Count.ShouldBe(OwnJobs.Count);
        None(checkouts, step => step.Node.At("with").TextAt("persist-credentials") != "false");
        None(
            checkouts.Where(step => step.Job.Commands.Intersect(CommandsThatNeedHistory).Any()),
            step => step.Node.At("with").TextAt("fetch-depth") != "0"
        );
    }

    [Test]
    public void Packages_are_cached_by_their_lock_files() =>
        None(
            Steps.Where(step => step.Action == "actions/setup-dotnet"),
            step =>
                step.Node.At("with").TextAt("cache") != "true"
                || step.Node.At("with").TextAt("cache-dependency-path") != "**/packages.lock.json"
                || step.Node.At("with").TextAt("global-json-file") != "global.json"
        );

    [Test]
    public void Findings_go_to_GitHub_as_SARIF() =>
        Steps
            .Where(step => step.Action == "github/codeql-action/upload-sarif")
            .Select(step => $"{step.Job.Name} {step.Node.At("with").TextAt("sarif_file")}")
            .ShouldBe(["analysers artifacts/analysis", "image artifacts/image"]);

    /// <summary>Fails with the items that are wrong, and if there are no items.</summary>
    private static void None<T>(IEnumerable<T> all, Func<T, bool> isWrong)
    {
        var list = all.ToList();
        list.ShouldNotBeEmpty();
        list.Where(isWrong).Select(one => one!.ToString()).ShouldBeEmpty();
    }

    private static IEnumerable<string> Names(YamlNode node) =>
        node.AllNodes.OfType<YamlMappingNode>().SelectMany(mapping => mapping.Entries().Select(entry => entry.Name));

    private static IEnumerable<string?> UploadsOf(Job job) =>
        job
            .Steps.Where(step => step.Action == "actions/upload-artifact")
            .Select(step => step.Node.At("with").TextAt("path"));

    private static bool IsTest(string command) => command.StartsWith("./build/test.sh", StringComparison.Ordinal);

    private static bool IsStrictExecutable(string path) =>
        (OperatingSystem.IsWindows() || File.GetUnixFileMode(PathOf(path)).HasFlag(UnixFileMode.UserExecute))
        && File.ReadLines(PathOf(path)).First() == "#!/usr/bin/env bash"
        && File.ReadLines(PathOf(path)).Contains("set -euo pipefail");

    private static bool IsPinned(string system) => system.Any(char.IsAsciiDigit);

    private static bool Exists(string path) => File.Exists(PathOf(path));

    private static string PathOf(string path) => Path.Combine(SourceFiles.Root, path);

    [GeneratedRegex(
        @"^ +- uses: (?<repository>[\w.-]+/[\w.-]+)(/[\w./-]+)?@(?<commit>[0-9a-f]{40}) # v\d+\.\d+\.\d+$",
        RegexOptions.Multiline
    )]
    private static partial Regex PinnedAction();

    // No second command, no expression, and nothing that changes the exit code.
    [GeneratedRegex(@"\A\./build/[\w/-]+\.sh( [\w./-]+)*\z")]
    private static partial Regex Command();
}
