using QrAi.Harness;

namespace QrAi.Durability;

/// <summary>Compares the answers of callers with the stored ones and with those of the provider.</summary>
internal static class Ledger
{
    public static IEnumerable<(bool IsMet, string What, string Figures)> Compare(
        IReadOnlyCollection<Follower> followers,
        IReadOnlyList<Row> rows,
        SlowProvider provider
    )
    {
        var questions = rows.Where(row => row.Role == "user").ToLookup(row => row.Content);
        var answers = rows.Where(row => row.Question is not null).ToLookup(row => row.Question!);
        var byId = rows.ToDictionary(row => row.Id);
        var acknowledged = followers.Where(follower => follower.Answer.AnswerId is not null).ToList();

        var lost = acknowledged.Where(it => !questions[it.Script.Question].Any(IsAnswered)).ToList();
        yield return Verdict(
            "no question is lost",
            lost.Select(it => $"answer {it.Answer.AnswerId} is {StatusOf(it)}"),
            Text.Of($"{acknowledged.Count} acknowledged")
        );

        var twice = followers.Where(it => questions[it.Script.Question].Sum(row => answers[row.Id].Count()) > 1);
        yield return Verdict(
            "each is answered once",
            twice.Select(it => it.Script.Question),
            Text.Of($"{rows.Count} messages")
        );

        var gaps = rows.GroupBy(row => row.Session)
            .Where(session => !session.Select(row => row.Number).SequenceEqual(Enumerable.Range(1, session.Count())));
        yield return Verdict(
            "numbers have no gaps",
            gaps.Select(session => $"session {session.Key}"),
            Text.Of($"{rows.Select(row => row.Session).Distinct().Count()} sessions")
        );

        var mixed = acknowledged.Where(it => Stored(it) is { } row && !IsOfOneCall(it.Script, row.Content));
        yield return Verdict(
            "each answer is from one call of the provider",
            mixed.Select(it => $"answer {it.Answer.AnswerId}"),
            Text.Of($"{followers.Sum(it => provider.Calls(it.Script).Count)} calls")
        );

        var different = acknowledged.Where(it => Stored(it)?.Content != it.Answer.Text);
        yield return Verdict(
            "every follower has the stored answer",
            different.Select(it => $"answer {it.Answer.AnswerId}"),
            Text.Of($"{acknowledged.Count} followers")
        );

        bool IsAnswered(Row question) => answers[question.Id].Any(answer => answer.Status == "completed");
        Row? Stored(Follower follower) => byId.GetValueOrDefault(follower.Answer.AnswerId!);
        string StatusOf(Follower follower) => Stored(follower)?.Status ?? "not stored";
        bool IsOfOneCall(Script script, string content) =>
            provider.Calls(script).Any(call => script.Answer(call.Number) == content);
    }

    private static (bool, string, string) Verdict(string what, IEnumerable<string> wrong, string figures)
    {
        var all = wrong.ToList();
        var failure = all.Count == 0 ? "" : Text.Of($", {all.Count} wrong, first: {all[0]}");
        return (all.Count == 0, what, figures + failure);
    }
}
