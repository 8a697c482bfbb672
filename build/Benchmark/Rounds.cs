using System.Diagnostics;
using Npgsql;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>The measurements with every program running: the rounds alternate between the programs.</summary>
internal sealed class Rounds(Run run, Programs programs, Callers callers)
{
    private readonly Dictionary<string, string?[]> sessions = [];
    private List<Target> targets = [];

    public async Task Measure()
    {
        targets = [programs.Direct];
        try
        {
            foreach (var name in run.Plan.Targets)
                targets.Add(programs.Start(name));
            foreach (var target in targets)
            {
                await callers.Ready(target);
                Run.Say($"{target.Name}: warming up");
                await callers.Warm(target, run.Plan.Warm);
                sessions[target.Name] = await callers.Sessions(target);
            }
            await Latency();
            await Load(run.Plan.Throughput, isStream: false);
            await FirstTokens();
            await Load(run.Plan.Streaming, isStream: true);
        }
        finally
        {
            foreach (var target in targets)
                if (target.Server is { } server)
                    await server.DisposeAsync();
        }
    }

    private async Task Latency()
    {
        await using var database = run.Plan.Postgres.Open(Postgres.Maintenance);
        await InTurn(
            run.Plan.Latency,
            async (target, time) =>
            {
                if (target.IsDirect)
                    run.Results[target, Metric.Commit].Add(await Commits(database));
                var outcomes = await callers.OneByOne(target, run.Client.Ask, sessions[target.Name], time);
                run.Results[target, Metric.Answer].Add(outcomes.Select(it => it.Milliseconds));
            }
        );
        Run.Say("one caller: measured");
    }

    private async Task FirstTokens()
    {
        await run.Client.Control(programs.Direct, "paced", run.Ended);
        await InTurn(
            run.Plan.FirstToken,
            async (target, time) =>
            {
                var outcomes = await callers.OneByOne(target, run.Client.Stream, sessions[target.Name], time);
                run.Results[target, Metric.FirstToken].Add(outcomes.Select(it => it.FirstTokenMilliseconds));
            }
        );
        await run.Client.Control(programs.Direct, "fast", run.Ended);
        Run.Say("first token: measured");
    }

    private async Task Load((int Rounds, TimeSpan Each) plan, bool isStream)
    {
        await InTurn(plan, (target, time) => Load(target, time, isStream));
        Run.Say($"{run.Plan.Callers} at once, {(isStream ? "streams" : "JSON")}: measured");
    }

    private async Task Load(Target target, TimeSpan time, bool isStream)
    {
        var before = target.Server?.Processor ?? default;
        var start = Stopwatch.GetTimestamp();
        AskOnce ask = isStream ? run.Client.Stream : run.Client.Ask;
        var outcomes = await callers.AtOnce(target, ask, sessions[target.Name], time);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var cost = (target.Server?.Processor ?? default) - before;
        run.Results[target, isStream ? Metric.StreamRate : Metric.Rate].Add(outcomes.Count / elapsed);
        if (isStream)
            run.Results[target, Metric.BusyFirstToken].Add(outcomes.Select(it => it.FirstTokenMilliseconds));
        else
            run.Results[target, Metric.BusyAnswer].Add(outcomes.Select(it => it.Milliseconds));
        if (!target.IsDirect)
            run.Results[target, isStream ? Metric.StreamCost : Metric.Cost]
                .Add(cost.TotalMicroseconds / outcomes.Count);
    }

    /// <summary>Measures the targets in alternating order, so that none always follows the same one.</summary>
    private async Task InTurn((int Rounds, TimeSpan Each) plan, Func<Target, TimeSpan, Task> measure)
    {
        for (var round = 0; round < plan.Rounds && run.HasTimeFor(plan.Each * targets.Count); round++)
            foreach (var target in round % 2 == 0 ? targets : Enumerable.Reverse(targets))
                await measure(target, plan.Each);
    }

    /// <summary>Measures the disk alone: commits of one row by one caller.</summary>
    private async Task<List<double>> Commits(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync(run.Ended);
        await using (var create = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS probe (at bigint)", connection))
            await create.ExecuteNonQueryAsync(run.Ended);
        await using var insert = new NpgsqlCommand("INSERT INTO probe VALUES (1)", connection);
        await insert.PrepareAsync(run.Ended);
        var commits = new List<double>();
        for (var commit = 0; commit < 50; commit++)
        {
            var start = Stopwatch.GetTimestamp();
            await insert.ExecuteNonQueryAsync(run.Ended);
            commits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return commits;
    }
}
