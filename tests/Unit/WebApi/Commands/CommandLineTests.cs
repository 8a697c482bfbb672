using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application;
using QrAi.Application.Errors;
using QrAi.Application.Migrations;
using QrAi.WebApi.Commands;

namespace QrAi.Tests.Unit.WebApi.Commands;

public sealed class CommandLineTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly ScriptedMigrator _migrator = new();

    [TestCase(true, "migrate")]
    [TestCase(true, "migrate", "--help")]
    [TestCase(true, "--help")]
    [TestCase(true, "-h")]
    [TestCase(false)]
    [TestCase(false, "Migrate")]
    [TestCase(false, "migrat")]
    [TestCase(false, "--urls", "http://localhost:8080", "migrate")]
    [TestCase(false, "--help", "migrate")]
    [TestCase(false, "--version")]
    [TestCase(false, "")]
    public void A_verb_is_its_exact_name_as_the_first_argument(bool expected, params string[] args) =>
        Create().Takes(args).ShouldBe(expected);

    [TestCase("--help")]
    [TestCase("-h")]
    public async Task Help_lists_the_verbs_and_the_exit_codes(string argument)
    {
        (await RunAsync(argument)).ShouldBe(0);

        foreach (var text in new[] { "migrate", "--urls", "78", "standard error" })
            _output.ToString().ShouldContain(text);
        _errors.ToString().ShouldBeEmpty();
    }

    [Test]
    public async Task The_help_of_a_verb_needs_no_settings()
    {
        var commandLine = new CommandLine(NoSettings, NoSettings, Console());

        (await commandLine.RunAsync(["migrate", "--help"], CancellationToken.None)).ShouldBe(0);

        foreach (var option in new[] { "--to", "--list", "--script", "--yes" })
            _output.ToString().ShouldContain(option);
    }

    [Test]
    public void Invalid_settings_are_reported_by_the_program() =>
        Should.Throw<FormatException>(() =>
            new CommandLine(_ => throw new FormatException(), NoSettings, Console()).RunAsync(
                ["migrate"],
                CancellationToken.None
            )
        );

    [TestCase("migrate", "--nope")]
    [TestCase("migrate", "extra")]
    [TestCase("migrate", "--to")]
    [TestCase("migrate", "--list", "--script")]
    [TestCase("migrate", "--list", "--to", "One")]
    [TestCase("migrate", "@arguments")]
    public async Task An_unknown_argument_is_wrong_usage_and_does_nothing(params string[] args)
    {
        (await RunAsync(args)).ShouldBe(2);

        _errors.ToString().ShouldEndWith($"See migrate --help.{Environment.NewLine}");
        _output.ToString().ShouldBeEmpty();
        _migrator.Calls.ShouldBe(0);
    }

    [TestCase("ID must be a UUID, not 'nope'.", "keys", "revoke", "nope")]
    [TestCase("ID must be a UUID, not ''.", "keys", "revoke", "")]
    [TestCase("--session must be a UUID, not 'nope'.", "ask", "--session", "nope", "首都は？")]
    public async Task An_invalid_id_is_wrong_usage_and_named(string error, params string[] args)
    {
        (await RunAsync(args)).ShouldBe(2);

        Lines(_errors)[0].ShouldBe(error);
    }

    [Test]
    public async Task Each_migration_that_is_applied_is_printed()
    {
        (await RunAsync("migrate")).ShouldBe(0);

        Lines(_output).ShouldBe(["applied 2_Two", "applied 3_Three"]);
    }

    [Test]
    public async Task The_list_has_the_state_of_each_migration()
    {
        (await RunAsync("migrate", "--list")).ShouldBe(0);

        Lines(_output).ShouldBe(["applied 1_One", "pending 2_Two", "pending 3_Three"]);
    }

    [Test]
    public async Task The_script_is_printed_and_nothing_else()
    {
        (await RunAsync("migrate", "--script", "--to", "Two")).ShouldBe(0);

        _output.ToString().ShouldBe($"-- to Two{Environment.NewLine}");
        _errors.ToString().ShouldBeEmpty();
    }

    [TestCase("nope")]
    [TestCase(" ")]
    public async Task An_unknown_migration_is_wrong_usage(string name)
    {
        (await RunAsync("migrate", "--to", name)).ShouldBe(2);

        _errors.ToString().ShouldStartWith("to: must ");
        _migrator.Applied.ShouldBe(["1_One"]);
    }

    [Test]
    public async Task A_revert_without_a_terminal_needs_yes()
    {
        (await RunAsync("migrate", "--to", "0")).ShouldBe(2);
        _errors.ToString().ShouldContain("1_One");
        _errors.ToString().ShouldContain("--yes");
        _migrator.Applied.ShouldBe(["1_One"]);

        (await RunAsync("migrate", "--to", "0", "--yes")).ShouldBe(0);
        Lines(_output).ShouldBe(["reverted 1_One"]);
    }

    [TestCase("y", 0)]
    [TestCase("YES", 0)]
    [TestCase("n", 1)]
    [TestCase("", 1)]
    [TestCase(null, 1)]
    public async Task A_revert_at_a_terminal_asks_for_confirmation(string? answer, int exitCode)
    {
        var terminal = Console(answer is null ? "" : answer + Environment.NewLine, isInteractive: true);

        (await Create(terminal).RunAsync(["migrate", "--to", "0"], CancellationToken.None)).ShouldBe(exitCode);

        _errors.ToString().ShouldContain("Go on? [y/N]");
        _migrator.Applied.Count.ShouldBe(exitCode);
    }

    [Test]
    public async Task A_cancelled_verb_reports_it_and_fails()
    {
        using var stop = new CancellationTokenSource();
        _migrator.Migrating = () => stop.Cancel();

        (await Create().RunAsync(["migrate"], stop.Token)).ShouldBe(1);

        _errors.ToString().ShouldBe($"Stopped before the end.{Environment.NewLine}");
    }

    [TestCase("Production", false)]
    [TestCase("Test", false)]
    [TestCase("Development", true)]
    public async Task An_unexpected_exception_shows_its_stack_trace_in_development_only(string environment, bool shown)
    {
        _migrator.Migrating = () => throw new FormatException("Details.");

        (await Create(environment: environment).RunAsync(["migrate"], CancellationToken.None)).ShouldBe(1);

        _errors.ToString().ShouldContain(nameof(FormatException));
        _errors.ToString().Contains("   at ", StringComparison.Ordinal).ShouldBe(shown);
        _errors.ToString().Contains("Details.", StringComparison.Ordinal).ShouldBe(shown);
    }

    [Test]
    public async Task A_known_error_is_one_line()
    {
        _migrator.Migrating = () => throw new DatabaseUnavailableException("The database cannot be reached.");

        (await RunAsync("migrate")).ShouldBe(1);

        Lines(_errors).ShouldBe(["The database cannot be reached."]);
    }

    private Task<int> RunAsync(params string[] args) => Create().RunAsync(args, CancellationToken.None);

    private CommandLine Create(Terminal? terminal = null, string environment = "Production") =>
        new(
            _ =>
            {
                var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = environment });
                builder.Services.AddApplication(null);
                builder.Services.AddSingleton(TimeProvider.System);
                builder.Services.AddSingleton<IDatabaseMigrator>(_migrator);
                return Task.FromResult<IHost>(builder.Build());
            },
            NoSettings,
            terminal ?? Console()
        );

    private static Task<IHost> NoSettings(CancellationToken cancellationToken) =>
        throw new InvalidOperationException("No settings.");

    private Terminal Console(string input = "", bool isInteractive = false) =>
        new(new StringReader(input), _output, _errors, isInteractive);

    private static string[] Lines(StringWriter writer) =>
        writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Three migrations, the first of them applied.</summary>
    private sealed class ScriptedMigrator : IDatabaseMigrator
    {
        private static readonly string[] Names = ["1_One", "2_Two", "3_Three"];

        public List<string> Applied { get; } = ["1_One"];

        public int Calls { get; private set; }

        public Action Migrating { get; set; } = () => { };

        public Task RequireUsableAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<MigrationDto>> ListAsync(CancellationToken cancellationToken)
        {
            Calls++;
            return Task.FromResult<IReadOnlyList<MigrationDto>>([
                .. Names.Select(name => new MigrationDto(
                    name,
                    Applied.Contains(name) ? MigrationState.Applied : MigrationState.Pending
                )),
            ]);
        }

        public async IAsyncEnumerable<MigrationStep> MigrateAsync(
            string? target,
            bool mayRevert,
            [EnumeratorCancellation] CancellationToken cancellationToken
        )
        {
            Migrating();
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var step in MigrationPlan.Steps(await ListAsync(cancellationToken), target))
            {
                (step.Direction == MigrationDirection.Up || mayRevert).ShouldBeTrue();
                if (step.Direction == MigrationDirection.Up)
                    Applied.Add(step.Migration);
                else
                    Applied.Remove(step.Migration);
                yield return step;
            }
        }

        public Task<string> ScriptAsync(string? target, CancellationToken cancellationToken) =>
            Task.FromResult($"-- to {target}");
    }
}
