using System.Diagnostics;
using System.Text;
using Npgsql;
using QrAi.Harness;

namespace QrAi.Benchmark;

/// <summary>Costs that must not grow with the data: a page of many sessions, a question in a long session.</summary>
internal sealed class Sizes(Run run, Programs programs, Callers callers)
{
    private static readonly Metric FewSessions = new("page of few sessions");
    private static readonly Metric ManySessions = new("page of many sessions");
    private static readonly Metric ShortSession = new("question in a short session");
    private static readonly Metric LongSession = new("question in a long session");

    public async Task Measure()
    {
        await using var few = run.Plan.Postgres.Open("few");
        await using var many = run.Plan.Postgres.Open("many");
        await Prepare(few, "few", 1_000);
        await Prepare(many, "many", 1_000_000);
        var ofFew = programs.StartQrAi("few");
        await using var fewServer = ofFew.Server;
        var ofMany = programs.StartQrAi("many");
        await using var manyServer = ofMany.Server;
        await callers.Ready(ofFew);
        await callers.Ready(ofMany);

        AskOnce list = (target, _, cancellation) => run.Client.List(target, cancellation);
        await Compare(new(ofFew, [null], FewSessions), new(ofMany, [null], ManySessions), list);
        Run.Say("pages of sessions: measured");

        // The questions are spread over many short sessions, so that none becomes long.
        var shorts = await new Filling(few).Add(sessions: 1000, messages: 10, run.Ended);
        var longs = await new Filling(few).Add(sessions: 10, messages: 10_000, run.Ended);
        await Compare(new(ofFew, shorts, ShortSession), new(ofFew, longs, LongSession), run.Client.Ask);
        Run.Say("questions in long sessions: measured");
    }

    /// <summary>The table for docs/performance.md.</summary>
    public static string Table(Results results, string database)
    {
        string Line(string what, Metric small, Metric large) =>
            Text.Of(
                $"| {what} | {results[Target.QrAi, small].Median:0.00} | {results[Target.QrAi, large].Median:0.00} |"
            );
        double Ratio(Metric small, Metric large) => results[Target.QrAi, large].Over(results[Target.QrAi, small]);

        return new StringBuilder()
            .AppendLine("| ms, p50 | small | large |")
            .AppendLine("| --- | ---: | ---: |")
            .AppendLine(Line("`GET /api/sessions` among 1,000 and 1,000,000", FewSessions, ManySessions))
            .AppendLine(Line("a question in a session of 10 and of 10,000 messages", ShortSession, LongSession))
            .AppendLine()
            .Append(Aim.Head)
            .Append(new Aim("a page of 1,000,000 sessions, ratio", Ratio(FewSessions, ManySessions), 1.5).Line())
            .Append(new Aim("a question after 10,000 messages, ratio", Ratio(ShortSession, LongSession), 1.1).Line())
            .AppendLine()
            .Append(Report.Machine(database))
            .ToString();
    }

    private async Task Prepare(NpgsqlDataSource database, string name, int sessions)
    {
        var start = Stopwatch.GetTimestamp();
        await run.Plan.Postgres.Create(name, run.Ended);
        await programs.Migrate(name, run.Ended);
        await new Filling(database).Add(sessions, messages: 0, run.Ended);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Run.Say(Text.Of($"a database with {sessions:#,0} sessions: created within {seconds:0} s"));
    }

    /// <summary>Measures both alternately, so that a disturbance affects both.</summary>
    private async Task Compare(Case small, Case large, AskOnce ask)
    {
        var (rounds, each) = run.Plan.Growth;
        await Once(each * 2);
        for (var round = 0; round < rounds && run.HasTimeFor(each); round++)
        {
            var (ofSmall, ofLarge) = await Once(each);
            run.Results[Target.QrAi, small.Metric].Add(ofSmall.Select(it => it.Milliseconds));
            run.Results[Target.QrAi, large.Metric].Add(ofLarge.Select(it => it.Milliseconds));
        }

        Task<(List<Outcome>, List<Outcome>)> Once(TimeSpan time) =>
            callers.Alternately(ask, (small.Target, small.Sessions), (large.Target, large.Sessions), time);
    }

    private sealed record Case(Target Target, string?[] Sessions, Metric Metric);
}
