using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application;
using QrAi.Application.Checks;
using QrAi.WebApi.Commands;

namespace QrAi.Tests.Unit.WebApi.Commands;

public sealed class CheckCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Test]
    public async Task Each_check_is_a_line_and_exit_code_0_means_that_all_passed()
    {
        (await RunAsync([ScriptedCheck.Ok("environment"), ScriptedCheck.Ok("database")], "check")).ShouldBe(0);

        Lines(_output).ShouldBe(["ok     environment environment is well.", "ok     database database is well."]);
        _errors.ToString().ShouldBeEmpty();
    }

    [Test]
    public async Task A_failed_check_states_the_next_step_and_is_exit_code_1()
    {
        (await RunAsync([ScriptedCheck.Ok("database"), ScriptedCheck.Failed("storage")], "check")).ShouldBe(1);

        Lines(_output).ShouldBe(["ok     database database is well.", "FAILED storage storage is ill. See a doctor."]);
    }

    [Test]
    public async Task Only_named_checks_run()
    {
        (await RunAsync([ScriptedCheck.Ok("database"), ScriptedCheck.Failed("storage")], "check", "database")).ShouldBe(
            0
        );

        Lines(_output).ShouldBe(["ok     database database is well."]);
    }

    [Test]
    public async Task Invalid_settings_are_a_line_each_on_standard_error_and_exit_code_78()
    {
        var environment = new ScriptedCheck(
            "environment",
            () =>
                CheckOutcome.Failed("Two are wrong.", "Mend them.") with
                {
                    Problems = ["A: must be a", "B: must be b"],
                }
        );

        (await RunAsync([environment, ScriptedCheck.Failed("storage")], "check", "storage")).ShouldBe(78);

        Lines(_output)
            .ShouldBe(["FAILED environment Two are wrong. Mend them.", "FAILED storage storage is ill. See a doctor."]);
        Lines(_errors).ShouldBe(["A: must be a", "B: must be b"]);
    }

    [Test]
    public async Task External_text_stays_on_its_line()
    {
        await RunAsync(
            [new ScriptedCheck("storage", () => CheckOutcome.Failed("One\r\ntwo\nthree.", "Four."))],
            "check"
        );

        Lines(_output).ShouldBe(["FAILED storage One two three. Four."]);
    }

    [TestCase("check", "nope")]
    [TestCase("check", "Database")]
    [TestCase("check", "database", "nope")]
    [TestCase("check", "--nope")]
    public async Task An_unknown_argument_is_wrong_usage_and_nothing_is_checked(params string[] args)
    {
        var database = ScriptedCheck.Ok("database");

        (await RunAsync([database], args)).ShouldBe(2);

        _errors.ToString().ShouldEndWith($"See check --help.{Environment.NewLine}");
        _output.ToString().ShouldBeEmpty();
        database.Runs.ShouldBe(0);
    }

    [Test]
    public async Task The_JSON_output_is_one_document()
    {
        var database = new ScriptedCheck(
            "database",
            () =>
                CheckOutcome.Ok("日本 is well.") with
                {
                    Facts = new Dictionary<string, string> { ["server"] = "15.8", ["LOG_LEVEL"] = ".env" },
                }
        );
        var storage = new ScriptedCheck(
            "storage",
            () => CheckOutcome.Failed("It is ill.", "See a doctor.") with { Problems = ["A: must be a"] }
        );

        (await RunAsync([database, storage], "check", "--json")).ShouldBe(1);

        Lines(_output)
            .ShouldHaveSingleItem()
            .ShouldBe(
                """{"status":"failed","checks":[{"name":"database","status":"ok","detail":"日本 is well.","facts":{"server":"15.8","LOG_LEVEL":".env"},"problems":[]},{"name":"storage","status":"failed","detail":"It is ill. See a doctor.","facts":{},"problems":["A: must be a"]}]}"""
            );
    }

    [Test]
    public async Task The_JSON_status_is_ok_if_all_checks_passed()
    {
        (await RunAsync([ScriptedCheck.Ok("database")], "check", "database", "--json")).ShouldBe(0);

        using var document = JsonDocument.Parse(_output.ToString());
        document.RootElement.GetProperty("status").GetString().ShouldBe("ok");
    }

    private Task<int> RunAsync(IDeploymentCheck[] checks, params string[] args) =>
        new CommandLine(
            _ => throw new InvalidOperationException("No settings."),
            _ =>
            {
                var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Production });
                builder.Services.AddApplication(null).AddSingleton(TimeProvider.System);
                foreach (var check in checks)
                    builder.Services.AddSingleton(check);
                return Task.FromResult<IHost>(builder.Build());
            },
            new Terminal(new StringReader(""), _output, _errors, IsInteractive: false)
        ).RunAsync(args, CancellationToken.None);

    private static string[] Lines(StringWriter writer) =>
        writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
