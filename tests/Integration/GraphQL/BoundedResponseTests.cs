using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.GraphQL;

/// <summary>The cost of a small query: the response is limited, and nothing is read twice.</summary>
public sealed class BoundedResponseTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    private const int MaxLength = 8 * 1024 * 1024;

    private readonly Statements _statements = new();

    [Test]
    public async Task A_response_is_limited_to_8_mib()
    {
        await using var qrai = await StartAsync();
        var answer = await AddAnswerAsync(qrai, string.Concat(Enumerable.Repeat("日\n\"", 20_000)));
        var length = JsonSerializer.SerializeToUtf8Bytes(await ContentsAsync(qrai, answer, 1), Relaxed).Length;

        var max = MaxLength / length;
        (await ContentsAsync(qrai, answer, max - 1))
            .GetProperty("data")
            .GetProperty("answer")
            .EnumerateObject()
            .Select(alias => alias.Value.GetString()!.Length)
            .ShouldBe(Enumerable.Repeat(60_000, max - 1));
        var refused = await ContentsAsync(qrai, answer, max + 3);

        refused.GetProperty("data").ValueKind.ShouldBe(JsonValueKind.Null);
        var error = refused.GetProperty("errors").EnumerateArray().Single();
        error.GetProperty("extensions").GetProperty("code").GetString().ShouldBe("response_too_large");
        error.GetProperty("message").GetString()!.ShouldContain($"{MaxLength}");
    }

    [Test]
    public async Task A_response_has_its_content_length()
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.PostAsync("/graphql", new { query = "{ __typename }" });

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.ShouldBe((await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Test]
    public async Task An_event_of_a_subscription_has_the_same_limit()
    {
        await using var qrai = await StartAsync();
        var answer = await AddAnswerAsync(qrai, new string('a', MaxLength));

        await using var stream = await StreamAsync(
            qrai,
            "subscription($id: ID!) { answer(id: $id) { id ... on AnswerCompleted { answer { content } } } }",
            new { id = answer }
        );
        var events = await stream.ReadToEndAsync();

        events[^1].Event.ShouldBe("complete");
        events[^2]
            .Data.GetProperty("errors")[0]
            .GetProperty("extensions")
            .GetProperty("code")
            .GetString()
            .ShouldBe("response_too_large");
        events.SkipLast(2).ShouldAllBe(one => one.Event == "next" && !one.Data.ToString().Contains("errors"));
    }

    [Test]
    public async Task Data_of_many_aliases_is_read_once()
    {
        await using var qrai = await StartAsync(configure: services => _statements.Watch(services, Kind));
        var session = await qrai.AddAsync(A.Session().Answered(times: 3));
        var answer = session.Messages.Last().Id;
        var cursor = await FirstMessageCursorAsync(qrai, session.Id);
        _statements.Clear();

        await ExecuteAsync(
            qrai,
            "{"
                + Aliases(30, $"answer(id: \"{answer}\") {{ content session {{ id }} }}")
                + Aliases(
                    30,
                    $"session(id: \"{session.Id}\") {{ messages(first: 2, after: {cursor}) {{ nodes {{ id }} }} }}",
                    "s"
                )
                + Aliases(
                    30,
                    "sessions(first: 5) { nodes { messages(first: 1) { nodes { session { title } } } } }",
                    "l"
                )
                + "}"
        );

        // The answer, the session, its page, the list, and the first messages of those in the list.
        _statements.All.Count().ShouldBe(5, string.Join("\n", _statements.All.Select(one => one.Sql)));
    }

    [Test]
    public async Task Data_that_a_mutation_changes_is_read_again_by_the_next_one()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.AddAsync(A.Session().Answered(times: 2));
        var cursor = await FirstMessageCursorAsync(qrai, session.Id);
        var rename = $"renameSession(id: $id, title: \"A\") {{ messages(after: {cursor}) {{ nodes {{ id }} }} }}";

        var data = await ExecuteAsync(
            qrai,
            $"mutation($id: ID!) {{ before: {rename} ask(input: {{ question: \"Who?\", sessionId: $id }}) {{ answer {{ id }} }} after: {rename} }}",
            new { id = session.Id }
        );

        CountOf("before").ShouldBe(3);
        CountOf("after").ShouldBe(5);

        int CountOf(string name) =>
            data.GetProperty(name).GetProperty("messages").GetProperty("nodes").GetArrayLength();
    }

    /// <summary>Returns the cursor after a session's first message, as a GraphQL string.</summary>
    private static async Task<string> FirstMessageCursorAsync(QrAiHost qrai, Guid session)
    {
        var page = await ExecuteAsync(
            qrai,
            $"{{ session(id: \"{session}\") {{ messages(first: 1) {{ pageInfo {{ endCursor }} }} }} }}"
        );
        return page.GetProperty("session")
            .GetProperty("messages")
            .GetProperty("pageInfo")
            .GetProperty("endCursor")
            .GetRawText();
    }

    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Aliases(int count, string field, string prefix = "a") =>
        string.Concat(Enumerable.Range(0, count).Select(number => $" {prefix}{number}: {field}"));

    private static async Task<Guid> AddAnswerAsync(QrAiHost qrai, string content) =>
        (await qrai.AddAsync(A.Session().Answered("Long?", content))).Messages.Last().Id;

    private static Task<JsonElement> ContentsAsync(QrAiHost qrai, Guid answer, int count) =>
        RequestAsync(qrai, $"{{ answer(id: \"{answer}\") {{ {Aliases(count, "content")} }} }}");
}
