namespace QrAi.Tests.Integration.GraphQL;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class QueryTests(DatabaseKind kind) : GraphQlTest(kind)
{
    private readonly Statements _statements = new();

    [Test]
    public async Task Sessions_are_read_page_by_page_from_either_kind_of_cursor()
    {
        await using var qrai = await StartAsync();
        await qrai.AddAsync([.. Enumerable.Range(1, 5).Select(number => A.Session().Titled($"Session {number}"))]);
        const string Query = """
            query($after: String) {
              sessions(first: 2, after: $after) {
                edges { cursor node { title } }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
              }
            }
            """;

        var titles = new List<string?>();
        string? after = null;
        var more = true;
        for (var first = true; more; first = false)
        {
            var page = (await ExecuteAsync(qrai, Query, new { after })).GetProperty("sessions");
            var edges = page.GetProperty("edges").EnumerateArray().ToList();
            titles.AddRange(edges.Select(edge => edge.GetProperty("node").GetProperty("title").GetString()));
            var info = page.GetProperty("pageInfo");
            info.GetProperty("startCursor").GetString().ShouldBe(edges[0].GetProperty("cursor").GetString());
            info.GetProperty("hasPreviousPage").GetBoolean().ShouldBe(!first);
            after = info.GetProperty("endCursor").GetString();
            after.ShouldBe(edges[^1].GetProperty("cursor").GetString());
            more = info.GetProperty("hasNextPage").GetBoolean();
            if (first)
            {
                // An edge in the middle of a page is also a valid start.
                var rest = await ExecuteAsync(qrai, Query, new { after = edges[0].GetProperty("cursor").GetString() });
                rest.GetProperty("sessions")
                    .GetProperty("edges")[0]
                    .GetProperty("node")
                    .GetProperty("title")
                    .GetString()
                    .ShouldBe(titles[1]);
            }
        }

        titles.Count.ShouldBe(5);
        titles.Distinct().Count().ShouldBe(5);
    }

    [Test]
    public async Task Messages_continue_after_any_of_them()
    {
        await using var qrai = await StartAsync();
        var session = await qrai.AddAsync(A.Session().Answered(times: 3));
        const string Query = """
            query($id: ID!, $after: String) {
              session(id: $id) {
                messageCount
                messages(first: 4, after: $after) { edges { cursor node { id role } } pageInfo { hasNextPage } }
              }
            }
            """;

        var first = (await ExecuteAsync(qrai, Query, new { id = session.Id })).GetProperty("session");
        var edges = first.GetProperty("messages").GetProperty("edges").EnumerateArray().ToList();
        var second = (
            await ExecuteAsync(qrai, Query, new { id = session.Id, after = edges[2].GetProperty("cursor").GetString() })
        ).GetProperty("session");

        first.GetProperty("messageCount").GetInt32().ShouldBe(6);
        first.GetProperty("messages").GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean().ShouldBeTrue();
        edges.Count.ShouldBe(4);
        var rest = second.GetProperty("messages").GetProperty("edges").EnumerateArray().ToList();
        rest.Count.ShouldBe(3);
        rest[0].GetProperty("node").GetRawText().ShouldBe(edges[3].GetProperty("node").GetRawText());
        second.GetProperty("messages").GetProperty("pageInfo").GetProperty("hasNextPage").GetBoolean().ShouldBeFalse();
    }

    [Test]
    public async Task Each_level_is_one_statement_for_any_number_of_items()
    {
        await using var qrai = await StartAsync(configure: services => _statements.Watch(services, Kind));
        await qrai.AddAsync([.. Enumerable.Range(1, 30).Select(_ => A.Session().Answered(times: 2))]);
        _statements.Clear();

        var data = await ExecuteAsync(
            qrai,
            "{ sessions(first: 30) { nodes { messages(first: 3) { nodes { content session { title } } } } } }"
        );

        data.GetProperty("sessions")
            .GetProperty("nodes")
            .EnumerateArray()
            .Select(session => session.GetProperty("messages").GetProperty("nodes").GetArrayLength())
            .ShouldBe(Enumerable.Repeat(3, 30));
        // Background statements of the service have no owner.
        var own = _statements
            .All.Where(each => each.Parameters.Any(one => one.ParameterName.Contains("Owner")))
            .ToList();
        own.Count.ShouldBe(3, string.Join("\n\n", own.Select(each => each.Sql)));
    }

    [Test]
    public async Task An_answer_is_read_with_all_of_its_fields()
    {
        await using var qrai = await StartAsync();
        var asked = await qrai.AskAsync("日本の首都は？");

        var answer = (
            await ExecuteAsync(
                qrai,
                """
                query($id: ID!) {
                  answer(id: $id) {
                    id sessionId role content status provider model createdAt completedAt
                    usage { promptTokens completionTokens totalTokens } attempts { provider outcome milliseconds } error { code }
                    session { id title createdAt updatedAt }
                  }
                }
                """,
                new { id = asked.Answer.Id }
            )
        ).GetProperty("answer");

        answer.GetProperty("id").GetGuid().ShouldBe(asked.Answer.Id);
        answer.GetProperty("role").GetString().ShouldBe("ASSISTANT");
        answer.GetProperty("status").GetString().ShouldBe("COMPLETED");
        answer.GetProperty("content").GetString().ShouldBe("A scripted answer.");
        answer.GetProperty("provider").GetString().ShouldBe("openrouter");
        answer.GetProperty("completedAt").GetDateTimeOffset().ShouldBe(asked.Answer.CompletedAt!.Value);
        answer.GetProperty("createdAt").GetString().ShouldEndWith("Z");
        answer.GetProperty("usage").GetProperty("totalTokens").GetInt32().ShouldBe(13);
        answer.GetProperty("attempts")[0].GetProperty("outcome").GetString().ShouldBe("completed");
        answer.GetProperty("error").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        answer.GetProperty("session").GetProperty("title").GetString().ShouldBe("日本の首都は？");
    }

    [TestCase("{ session(id: \"0198f8a0-0000-7000-8000-000000000000\") { id } }", "not_found")]
    [TestCase("{ answer(id: \"0198f8a0-0000-7000-8000-000000000000\") { id } }", "not_found")]
    [TestCase("{ session(id: \"nonsense\") { id } }", "invalid_request")]
    [TestCase("{ sessions(first: 0) { nodes { id } } }", "invalid_request")]
    [TestCase("{ sessions(first: 101) { nodes { id } } }", "invalid_request")]
    [TestCase("{ sessions(after: \"nonsense\") { nodes { id } } }", "invalid_request")]
    [TestCase("{ sessions { nodes { nothing } } }", "invalid_request")]
    [TestCase("{ sessions {", "invalid_request")]
    public async Task Errors_have_the_same_codes_as_in_the_other_APIs(string query, string code)
    {
        await using var qrai = await StartAsync();

        (await ErrorAsync(qrai, query)).Code.ShouldBe(code);
    }
}
