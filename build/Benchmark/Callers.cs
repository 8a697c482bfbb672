using System.Diagnostics;

namespace QrAi.Benchmark;

/// <summary>Asks a target one question.</summary>
internal delegate Task<Outcome> AskOnce(Target target, string? session, CancellationToken cancellation);

/// <summary>Callers that ask one question after another.</summary>
internal sealed class Callers(Run run)
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromSeconds(60);

    /// <summary>Asks with one caller, for a period.</summary>
    public async Task<List<Outcome>> OneByOne(Target target, AskOnce ask, string?[] sessions, TimeSpan time)
    {
        var outcomes = new List<Outcome>();
        // The first questions of a round are slower: the target was idle during the rounds of the others.
        for (var unmeasured = 0; unmeasured < 5; unmeasured++)
            await ask(target, sessions[^(unmeasured % sessions.Length + 1)], run.Ended);
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
            outcomes.Add(await ask(target, sessions[outcomes.Count % sessions.Length], run.Ended));
        return Good(target, outcomes);
    }

    /// <summary>Asks two targets alternately with one caller, for a period.</summary>
    public async Task<(List<Outcome> One, List<Outcome> Other)> Alternately(
        AskOnce ask,
        (Target Target, string?[] Sessions) one,
        (Target Target, string?[] Sessions) other,
        TimeSpan time
    )
    {
        var ofOne = new List<Outcome>();
        var ofOther = new List<Outcome>();
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            ofOne.Add(await ask(one.Target, one.Sessions[ofOne.Count % one.Sessions.Length], run.Ended));
            ofOther.Add(await ask(other.Target, other.Sessions[ofOther.Count % other.Sessions.Length], run.Ended));
        }
        return (Good(one.Target, ofOne), Good(other.Target, ofOther));
    }

    /// <summary>Asks with one caller for each session concurrently, for a period.</summary>
    public async Task<List<Outcome>> AtOnce(Target target, AskOnce ask, string?[] sessions, TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        var callers = sessions.Select(async session =>
        {
            var outcomes = new List<Outcome>();
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var outcome = await ask(target, session, run.Ended);
                outcomes.Add(outcome);
                // Avoids a busy loop against a program that refuses at once.
                if (outcome.Failure is not null)
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, run.Ended);
            }
            return outcomes;
        });
        var all = await Task.WhenAll(callers);
        return Good(target, [.. all.SelectMany(outcomes => outcomes)]);
    }

    /// <summary>Creates a session of 20 messages for each caller.</summary>
    public async Task<string?[]> Sessions(Target target)
    {
        var callers = Enumerable
            .Range(0, run.Plan.Callers)
            .Select(async _ =>
            {
                var session = default(string);
                for (var question = 0; question < 10; question++)
                {
                    var outcome = await run.Client.Ask(target, session, run.Ended);
                    if (outcome.Failure is not null)
                        throw new InvalidOperationException($"{target.Name} does not answer: {outcome.Failure}");
                    session = outcome.Session;
                }
                return session;
            });
        return await Task.WhenAll(callers);
    }

    /// <summary>Warms up a target.</summary>
    public async Task Warm(Target target, TimeSpan time)
    {
        await AtOnce(target, run.Client.Ask, new string?[run.Plan.Callers], time);
        await AtOnce(target, run.Client.Stream, new string?[run.Plan.Callers], run.Plan.Warm / 2);
    }

    /// <summary>Asks until there is an answer.</summary>
    public async Task Ready(Target target)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var outcome = await run.Client.Ask(target, null, run.Ended);
            // An answer of the offline provider also counts.
            if (outcome.Failure is not { } failure || IsAnswer(failure))
                return;
            // 429, 503 and a refused connection are transient while a program starts; other client errors are not.
            var isRefused = failure.StartsWith('4') && !failure.StartsWith("429", StringComparison.Ordinal);
            var isHopeless = isRefused || target.Server is { Ended: true };
            if (isHopeless || Stopwatch.GetElapsedTime(start) > MaxStart)
                throw new InvalidOperationException(
                    $"{target.Name} does not answer: {failure}\n{target.Server?.LastLines()}"
                );
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, run.Ended);
        }
    }

    private static bool IsAnswer(string response) =>
        response.StartsWith("200 ", StringComparison.Ordinal)
        && response.Contains("\"sessionId\"", StringComparison.Ordinal);

    /// <summary>Counts failures and removes them from the measurement.</summary>
    private List<Outcome> Good(Target target, List<Outcome> outcomes)
    {
        var failures = outcomes.Where(outcome => outcome.Failure is not null).ToList();
        if (failures.Count > 0)
            Run.Say($"{target.Name}: {failures.Count} of {outcomes.Count} failed, first: {failures[0].Failure}");
        run.Results[target, Metric.Failures].Add(failures.Count);
        return failures.Count == 0 ? outcomes : outcomes.FindAll(outcome => outcome.Failure is null);
    }
}
