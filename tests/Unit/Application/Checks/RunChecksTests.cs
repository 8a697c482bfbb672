using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application;
using QrAi.Application.Checks;
using QrAi.Application.Errors;

namespace QrAi.Tests.Unit.Application.Checks;

public sealed class RunChecksTests
{
    private readonly ListLog _log = new();

    [Test]
    public async Task Without_names_all_configured_checks_run_in_a_fixed_order()
    {
        var idle = ScriptedCheck.Ok("providers", isConfigured: false);

        var results = await RunAsync([
            ScriptedCheck.Ok("storage"),
            idle,
            ScriptedCheck.Failed("database"),
            ScriptedCheck.Ok("environment"),
        ]);

        results
            .Select(result => (result.Name, result.Outcome.Passed, result.Outcome.Detail))
            .ShouldBe([
                ("environment", true, "environment is well."),
                ("database", false, "database is ill. See a doctor."),
                ("storage", true, "storage is well."),
            ]);
        idle.Runs.ShouldBe(0);
    }

    [Test]
    public async Task A_named_check_runs_even_if_it_is_not_configured_and_no_other_runs()
    {
        var database = ScriptedCheck.Ok("database");

        var results = await RunAsync(
            [ScriptedCheck.Ok("environment"), database, ScriptedCheck.Ok("storage", isConfigured: false)],
            "storage",
            "storage"
        );

        results.Select(result => result.Name).ShouldBe(["storage"]);
        database.Runs.ShouldBe(0);
    }

    [Test]
    public async Task Unusable_settings_are_reported_whichever_check_is_requested() =>
        (await RunAsync([ScriptedCheck.Failed("environment"), ScriptedCheck.Ok("storage")], "storage"))
            .Select(result => (result.Name, result.Outcome.Passed))
            .ShouldBe([("environment", false), ("storage", true)]);

    [Test]
    public async Task An_unexpected_exception_fails_only_its_check_and_is_logged()
    {
        var results = await RunAsync([
            new ScriptedCheck("database", () => throw new FormatException("secret")),
            ScriptedCheck.Ok("storage"),
        ]);

        results.Select(result => result.Outcome.Passed).ShouldBe([false, true]);
        results[0].Outcome.Detail.ShouldContain(nameof(FormatException));
        results[0].Outcome.Detail.ShouldNotContain("secret");
        _log.Lines.ShouldContain(line => line.Level == LogLevel.Error && line.Message.Contains("database"));
    }

    [Test]
    public async Task A_cancelled_check_is_not_a_failure()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            RunAsync([ScriptedCheck.Ok("database")], [], stop.Token)
        );
    }

    [TestCase("nope")]
    [TestCase("Database")]
    [TestCase("")]
    public async Task An_unknown_name_breaks_a_rule_and_nothing_is_checked(string name)
    {
        var database = ScriptedCheck.Ok("database");

        var exception = await Should.ThrowAsync<InvalidRequestException>(() => RunAsync([database], "database", name));

        exception.Errors.Values.ShouldHaveSingleItem().ShouldHaveSingleItem().ShouldContain("providers");
        database.Runs.ShouldBe(0);
    }

    private Task<IReadOnlyList<CheckResult>> RunAsync(IDeploymentCheck[] checks, params string[] names) =>
        RunAsync(checks, names, CancellationToken.None);

    private async Task<IReadOnlyList<CheckResult>> RunAsync(
        IDeploymentCheck[] checks,
        string[] names,
        CancellationToken stop
    )
    {
        var services = new ServiceCollection();
        services
            .AddLogging(logging => logging.AddProvider(_log))
            .AddSingleton(TimeProvider.System)
            .AddApplication(null);
        foreach (var check in checks)
            services.AddSingleton(check);
        await using var provider = services.BuildServiceProvider();
        return await provider.GetRequiredService<ISender>().Send(new RunChecks(names), stop);
    }
}
