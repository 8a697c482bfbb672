using System.Diagnostics;
using System.Runtime.InteropServices;
using Npgsql;

namespace QrAi.Benchmark;

/// <summary>Starts everything, measures in alternating rounds, prints the table.</summary>
internal sealed class Measurement : IDisposable
{
    private const string OnPostgres = "postgres";
    private static readonly Uri AnyAddress = new("http://127.0.0.1/");

    private readonly Plan plan;
    private readonly Results results = new();
    private readonly Client client = new();
    private readonly long begun = Stopwatch.GetTimestamp();
    private readonly CancellationTokenSource ended;

    private Measurement(Plan plan)
    {
        this.plan = plan;
        ended = new CancellationTokenSource(plan.Limit);
    }

    private CancellationToken Ended => ended.Token;

    private TimeSpan Left => plan.Limit - Stopwatch.GetElapsedTime(begun);

    private IEnumerable<string> Programs =>
        new[] { (plan.Baseline, Target.Baseline), (plan.QrAi, Target.QrAi) }
            .Where(it => it.Item1)
            .Select(it => it.Item2);

    public static async Task<int> RunAsync(Plan plan)
    {
        using var measurement = new Measurement(plan);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, measurement.End);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, measurement.End);
        var isWhole = true;
        try
        {
            await measurement.Measure();
        }
        catch (OperationCanceledException) when (measurement.Ended.IsCancellationRequested)
        {
            Say("stopped at the time limit: the table holds what was measured by then");
            isWhole = false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or NpgsqlException)
        {
            Say(exception.Message);
            Say("stopped: the table holds what was measured by then");
            isWhole = false;
        }
        Console.WriteLine(Report.Table(plan, measurement.results, await measurement.DatabaseVersion()));
        return isWhole ? 0 : 1;
    }

    public void Dispose()
    {
        ended.Dispose();
        client.Dispose();
    }

    private void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        ended.Cancel();
    }

    private async Task Measure()
    {
        await using var provider = StartProvider(out var direct);
        await Ready(direct);
        await Together(direct);
        await Starts(direct);
        await Memory(direct);
    }

    /// <summary>All that is measured with every program running: the rounds alternate between them.</summary>
    private async Task Together(Target direct)
    {
        var targets = new List<Target> { direct };
        try
        {
            foreach (var name in Programs)
                targets.Add(StartProgram(name, direct));
            var sessions = new Dictionary<string, string?[]>();
            foreach (var target in targets)
            {
                await Ready(target);
                Say($"{target.Name}: warming up");
                await AtOnce(target, client.Ask, new string?[plan.Callers], plan.Warm);
                await AtOnce(target, client.Stream, new string?[plan.Callers], plan.Warm / 2);
                sessions[target.Name] = await Sessions(target);
            }

            await using var database = Database("baseline", 1);
            var latency = plan.Latency;
            for (var round = 0; round < latency.Rounds && HasTimeFor(latency.Each * targets.Count); round++)
            {
                foreach (var target in InTurn(targets, round))
                {
                    var outcomes = await OneByOne(target, client.Ask, sessions[target.Name], latency.Each);
                    results[target, Metric.Answer].Add(outcomes.Select(it => it.Milliseconds));
                }
                results[direct, Metric.Commit].Add(await Commits(database));
            }
            Say("one caller: measured");

            var load = plan.Throughput;
            for (var round = 0; round < load.Rounds && HasTimeFor(load.Each * targets.Count); round++)
                foreach (var target in InTurn(targets, round))
                    await Throughput(target, sessions[target.Name], load.Each, isStream: false);
            Say($"{plan.Callers} at once, JSON: measured");

            await client.Control(direct, "paced", Ended);
            var first = plan.FirstToken;
            for (var round = 0; round < first.Rounds && HasTimeFor(first.Each * targets.Count); round++)
                foreach (var target in InTurn(targets, round))
                {
                    var outcomes = await OneByOne(target, client.Stream, sessions[target.Name], first.Each);
                    results[target, Metric.FirstToken].Add(outcomes.Select(it => it.FirstTokenMilliseconds));
                }
            await client.Control(direct, "fast", Ended);
            Say("first token: measured");

            load = plan.Streaming;
            for (var round = 0; round < load.Rounds && HasTimeFor(load.Each * targets.Count); round++)
                foreach (var target in InTurn(targets, round))
                    await Throughput(target, sessions[target.Name], load.Each, isStream: true);
            Say($"{plan.Callers} at once, streams: measured");
        }
        finally
        {
            foreach (var target in targets)
                if (target.Server is { } server)
                    await server.DisposeAsync();
        }
    }

    /// <summary>There and back: nobody is always the one who comes after another.</summary>
    private static IEnumerable<Target> InTurn(List<Target> targets, int round) =>
        round % 2 == 0 ? targets : Enumerable.Reverse(targets);

    private async Task Throughput(Target target, string?[] sessions, TimeSpan time, bool isStream)
    {
        var before = target.Server?.Processor ?? default;
        var start = Stopwatch.GetTimestamp();
        var outcomes = await AtOnce(target, isStream ? client.Stream : client.Ask, sessions, time);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var cost = (target.Server?.Processor ?? default) - before;
        results[target, isStream ? Metric.StreamRate : Metric.Rate].Add(outcomes.Count / elapsed);
        if (isStream)
            results[target, Metric.BusyFirstToken].Add(outcomes.Select(it => it.FirstTokenMilliseconds));
        else
            results[target, Metric.BusyAnswer].Add(outcomes.Select(it => it.Milliseconds));
        if (!target.IsDirect)
            results[target, isStream ? Metric.StreamCost : Metric.Cost].Add(cost.TotalMicroseconds / outcomes.Count);
    }

    /// <summary>From the making of the process to its first answer.</summary>
    private async Task Starts(Target direct)
    {
        var longest = TimeSpan.FromSeconds(5);
        for (var round = 0; round < plan.Starts && HasTimeFor(longest); round++)
        {
            var start = Stopwatch.GetTimestamp();
            foreach (var name in Programs)
                await StartOnce(StartProgram(name, direct), Metric.Start);
            if (plan.QrAi)
                await StartOnce(StartDefault(round), Metric.DefaultStart);
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }
        Say("start to first answer: measured");
    }

    private async Task StartOnce(Target target, Metric metric)
    {
        await using var server = target.Server!;
        await Ready(target);
        results[target, metric].Add(Stopwatch.GetElapsedTime(server.StartedAt).TotalMilliseconds);
    }

    private async Task Memory(Target direct)
    {
        var longest = TimeSpan.FromSeconds(plan.Quick ? 20 : 30);
        for (var round = 0; round < plan.MemoryRounds; round++)
            foreach (var name in Programs)
            {
                if (!HasTimeFor(longest))
                    return;
                var start = Stopwatch.GetTimestamp();
                var target = StartProgram(name, direct);
                await using (target.Server)
                    await Memory(direct, target);
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            }
    }

    /// <summary>Resident memory of a fresh process: after some work, then with more and more streams open.</summary>
    private async Task Memory(Target direct, Target target)
    {
        await Ready(target);
        await AtOnce(target, client.Ask, new string?[plan.Callers], plan.Warm / 2);
        await AtOnce(target, client.Stream, new string?[plan.Callers], plan.Warm / 2);
        results[target, Metric.RestingMemory].Add(await Resident(target));

        await client.Control(direct, "hold", Ended);
        var streams = new List<AnswerStream>();
        var ends = new List<Task<string?>>();
        try
        {
            foreach (var count in plan.Streams)
            {
                var opening = Stopwatch.GetTimestamp();
                var opened = new AnswerStream[count - streams.Count];
                // As many at once as callers: a crowd that comes within seconds, not in the same millisecond.
                await Parallel.ForAsync(
                    0,
                    opened.Length,
                    new ParallelOptions { MaxDegreeOfParallelism = plan.Callers, CancellationToken = Ended },
                    async (at, cancellation) => opened[at] = await client.Open(target, null, cancellation)
                );
                var seconds = Stopwatch.GetElapsedTime(opening).TotalSeconds;
                streams.AddRange(opened);
                foreach (var stream in opened.Where(stream => stream.Failure is null))
                    ends.Add(stream.Finish(Ended));
                results[target, Metric.Memory(count)].Add(await Resident(target));
                var held = await client.Held(direct, Ended);
                Say(
                    $"{target.Name}: {ends.Count} of {streams.Count} streams open, {held} held by the provider, "
                        + Text.Of($"the last {opened.Length} within {seconds:0.0} s")
                );
            }
        }
        finally
        {
            await client.Control(direct, "release", CancellationToken.None);
        }

        var release = Stopwatch.GetTimestamp();
        var notOpened = streams.Count - ends.Count;
        var all = Task.WhenAll(ends);
        await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(45), TimeProvider.System, Ended));
        results[target, Metric.Drain].Add(Stopwatch.GetElapsedTime(release).TotalSeconds);
        var unfinished = ends.Count(end => !end.IsCompletedSuccessfully || end.GetAwaiter().GetResult() is not null);
        results[target, Metric.NotOpened].Add(notOpened);
        results[target, Metric.Unfinished].Add(unfinished);
        if (streams.FirstOrDefault(stream => stream.Failure is not null) is { } failed)
            Say($"{target.Name}: first failure among the streams: {failed.Failure}");
        foreach (var stream in streams)
            stream.Dispose();
    }

    /// <summary>The median of a second's samples, after a rest; MiB.</summary>
    private async Task<double> Resident(Target target)
    {
        await Task.Delay(plan.Rest, TimeProvider.System, Ended);
        var samples = new Samples();
        for (var sample = 0; sample < 5; sample++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Ended);
            samples.Add(target.Server!.Resident / 1048576.0);
        }
        return samples.Median;
    }

    private async Task<List<Outcome>> OneByOne(
        Target target,
        Func<Target, string?, CancellationToken, Task<Outcome>> ask,
        string?[] sessions,
        TimeSpan time
    )
    {
        var outcomes = new List<Outcome>();
        // The first of a round wakes up what the other targets' turns have put to sleep.
        for (var unmeasured = 0; unmeasured < 5; unmeasured++)
            await ask(target, sessions[^(unmeasured + 1)], Ended);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
            outcomes.Add(await ask(target, sessions[outcomes.Count % sessions.Length], Ended));
        return Good(target, outcomes);
    }

    private async Task<List<Outcome>> AtOnce(
        Target target,
        Func<Target, string?, CancellationToken, Task<Outcome>> ask,
        string?[] sessions,
        TimeSpan time
    )
    {
        var start = Stopwatch.GetTimestamp();
        var callers = sessions.Select(async session =>
        {
            var outcomes = new List<Outcome>();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var outcome = await ask(target, session, Ended);
                outcomes.Add(outcome);
                // A program that refuses at once is not to be asked a million times.
                if (outcome.Failure is not null)
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Ended);
            }
            return outcomes;
        });
        var all = await Task.WhenAll(callers);
        return Good(target, [.. all.SelectMany(outcomes => outcomes)]);
    }

    /// <summary>Failures are counted, not measured.</summary>
    private List<Outcome> Good(Target target, List<Outcome> outcomes)
    {
        var failures = outcomes.Where(outcome => outcome.Failure is not null).ToList();
        if (failures.Count > 0)
            Say($"{target.Name}: {failures.Count} of {outcomes.Count} failed, first: {failures[0].Failure}");
        results[target, Metric.Failures].Add(failures.Count);
        return failures.Count == 0 ? outcomes : outcomes.FindAll(outcome => outcome.Failure is null);
    }

    /// <summary>A session for each caller, holding 20 messages.</summary>
    private async Task<string?[]> Sessions(Target target)
    {
        var callers = Enumerable
            .Range(0, plan.Callers)
            .Select(async _ =>
            {
                var session = default(string);
                for (var question = 0; question < 10; question++)
                {
                    var outcome = await client.Ask(target, session, Ended);
                    if (outcome.Failure is not null)
                        throw new InvalidOperationException($"{target.Name} does not answer: {outcome.Failure}");
                    session = outcome.Session;
                }
                return session;
            });
        return await Task.WhenAll(callers);
    }

    /// <summary>Asks until there is an answer.</summary>
    private async Task Ready(Target target)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var outcome = await AskOnce(target);
            if (outcome is null)
                return;
            // What is refused now will be refused in a minute; "503" and "connection refused" may pass.
            var isHopeless = target.Server is { Ended: true } || outcome.StartsWith('4');
            if (isHopeless || Stopwatch.GetElapsedTime(start).TotalSeconds > 60)
                throw new InvalidOperationException(
                    $"{target.Name} does not answer: {outcome}\n{target.Server?.LastLines()}"
                );
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Ended);
        }
    }

    /// <summary>Null if it answered; the offline provider's answer counts too.</summary>
    private async Task<string?> AskOnce(Target target)
    {
        var outcome = await client.Ask(target, null, Ended);
        return outcome.Failure is { } failure && !IsAnswer(failure) ? failure : null;
    }

    private static bool IsAnswer(string response) =>
        response.StartsWith("200 ", StringComparison.Ordinal)
        && response.Contains("\"sessionId\"", StringComparison.Ordinal);

    /// <summary>What the disk alone costs: one row, one commit, one caller.</summary>
    private async Task<List<double>> Commits(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync(Ended);
        await using (var create = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS probe (at bigint)", connection))
            await create.ExecuteNonQueryAsync(Ended);
        await using var insert = new NpgsqlCommand("INSERT INTO probe VALUES (1)", connection);
        await insert.PrepareAsync(Ended);
        var commits = new List<double>();
        for (var commit = 0; commit < 50; commit++)
        {
            var start = Stopwatch.GetTimestamp();
            await insert.ExecuteNonQueryAsync(Ended);
            commits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return commits;
    }

    private async Task<string> DatabaseVersion()
    {
        await using var database = Database(OnPostgres, 1);
        await using var command = database.CreateCommand("SHOW server_version");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private NpgsqlDataSource Database(string name, int most) => NpgsqlDataSource.Create(Connection(name, 0, most));

    private string Connection(string name, int least, int most)
    {
        var host = plan.Host.Split(':');
        return new NpgsqlConnectionStringBuilder
        {
            Host = host[0],
            Port = Text.Number(host[1]),
            Username = "postgres",
            Password = plan.Password,
            Database = name,
            MinPoolSize = least,
            MaxPoolSize = most,
            MaxAutoPrepare = 20,
            Timeout = 30,
        }.ConnectionString;
    }

    private Server StartProvider(out Target direct)
    {
        var port = Server.FreePort();
        var provider = Server.Start("provider", plan.Work, Own, ["provider", Text.Of($"{port}")], []);
        direct = new Target(Target.Direct, new Uri(Text.Of($"http://127.0.0.1:{port}/v1/chat/completions")), null);
        return provider;
    }

    private static string Own => Environment.ProcessPath!;

    private Target StartProgram(string name, Target direct)
    {
        var port = Server.FreePort();
        var server =
            name == Target.Baseline
                ? Server.Start(
                    name,
                    plan.Work,
                    Own,
                    ["baseline", Text.Of($"{port}"), direct.Address.ToString(), Connection(name, 10, 30)],
                    []
                )
                : Server.Start(
                    name,
                    plan.Work,
                    plan.Program!,
                    ["--urls", Text.Of($"http://127.0.0.1:{port}")],
                    new()
                    {
                        ["ENVIRONMENT"] = "test",
                        ["AUTHENTICATION"] = "none",
                        ["LOG_LEVEL"] = "WARNING",
                        ["LOG_FORMAT"] = "json",
                        ["RATE_LIMIT_PER_MINUTE"] = "0",
                        ["STREAMS_PER_CALLER"] = "0",
                        ["DATABASE_URL"] = $"postgresql://postgres:{plan.Password}@{plan.Host}/qrai",
                        ["DATABASE_MIGRATE_ON_START"] = "true",
                        ["LLM_PROVIDERS"] = "openrouter",
                        ["OPENROUTER_API_KEY"] = "sk-or-benchmark",
                        ["OPENROUTER_BASE_URL"] = new Uri(direct.Address, "/v1").ToString(),
                    }
                );
        return new Target(name, Questions(port), server);
    }

    /// <summary>As on a fresh clone: nothing set, a new SQLite file, the offline provider.</summary>
    private Target StartDefault(int round)
    {
        var port = Server.FreePort();
        var arguments = new[] { "--urls", Text.Of($"http://127.0.0.1:{port}") };
        var server = Server.Start(Text.Of($"default-{round}"), plan.Work, plan.Program!, arguments, []);
        return new Target(Target.QrAi, Questions(port), server);
    }

    private static Uri Questions(int port) => new UriBuilder(AnyAddress) { Port = port, Path = "/api/questions" }.Uri;

    private bool HasTimeFor(TimeSpan time)
    {
        if (Left > time + TimeSpan.FromSeconds(2))
            return true;
        Say(Text.Of($"{Left.TotalSeconds:0} s left: a round of {time.TotalSeconds:0} s is left out"));
        return false;
    }

    private static void Say(string text) => Console.Error.WriteLine(text);
}
