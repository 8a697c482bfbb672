using Npgsql;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>Starts the programs, measures them and prints the tables.</summary>
internal static class Measurement
{
    public static async Task<int> RunAsync(Plan plan)
    {
        using var run = new Run(plan);
        var isComplete = true;
        try
        {
            await Measure(run);
        }
        catch (OperationCanceledException) when (run.Ended.IsCancellationRequested)
        {
            Run.Say("stopped at the time limit: the table holds what was measured by then");
            isComplete = false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or NpgsqlException)
        {
            Run.Say(exception.Message);
            Run.Say("stopped: the table holds what was measured by then");
            isComplete = false;
        }
        var version = await DatabaseVersion(plan);
        Console.WriteLine(plan.Sizes ? Sizes.Table(run.Results, version) : new Report(run).Table(version));
        return isComplete ? 0 : 1;
    }

    private static async Task Measure(Run run)
    {
        await using var provider = Programs.StartProvider(run.Plan, out var direct);
        var programs = new Programs(run.Plan, direct);
        var callers = new Callers(run);
        await callers.Ready(direct);
        if (run.Plan.Sizes)
        {
            await new Sizes(run, programs, callers).Measure();
            return;
        }
        if (run.Plan.Measures(Target.QrAi))
            await programs.Migrate(Target.QrAi, run.Ended);
        await new Rounds(run, programs, callers).Measure();
        await new Starts(run, programs, callers).Measure();
        await new Memory(run, programs, callers).Measure();
    }

    private static async Task<string> DatabaseVersion(Plan plan)
    {
        await using var database = plan.Postgres.Open(Postgres.Maintenance);
        await using var command = database.CreateCommand("SHOW server_version");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
