using System.Net;
using System.Text.Json;

namespace QrAi.Tests.Integration.GraphQL;

public sealed class GraphQlLimitTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    /// <summary>As deep as the queries of common tools.</summary>
    private static readonly string Introspection =
        "{ __schema { types { name fields { args { type { "
        + string.Concat(Enumerable.Repeat("kind name ofType { ", 9))
        + "name"
        + new string('}', 15);

    [Test]
    public async Task A_query_that_is_too_deep_is_refused()
    {
        await using var qrai = await StartAsync();
        var deep = string.Concat(Enumerable.Repeat("messages { nodes { session { ", 4)) + "id" + new string('}', 12);

        (await ErrorAsync(qrai, $"{{ session(id: \"{Guid.Empty}\") {{ {deep} }} }}")).Code.ShouldBe("invalid_request");
    }

    [Test]
    public async Task Introspection_with_other_fields_has_the_depth_limit_of_other_queries()
    {
        await using var qrai = await StartAsync();

        (await ErrorAsync(qrai, Introspection[..^1] + " sessions { nodes { id } } }")).Code.ShouldBe("invalid_request");
    }

    [Test]
    public async Task A_query_that_is_too_complex_is_refused()
    {
        await using var qrai = await StartAsync();
        var all = string.Join(
            ' ',
            Enumerable
                .Range(1, 10)
                .Select(number =>
                    $"s{number}: sessions(first: 100) {{ nodes {{ messages(first: 100) {{ nodes {{ id content }} }} }} }}"
                )
        );

        (await ErrorAsync(qrai, $"{{ {all} }}")).Code.ShouldBe("invalid_request");
    }

    [TestCase("{ sessions(first: \r02) { nodes { id } } }")]
    [TestCase("{\r\rsessions(q: \"\r\n\") { nodes { id } } }")]
    [TestCase("{ sessions(q: \"\"\"\r")]
    public async Task Errors_are_reported_for_any_line_endings(string document)
    {
        await using var qrai = await StartAsync();

        (await ErrorAsync(qrai, document)).Code.ShouldBe("invalid_request");
    }

    [TestCase(1_000, false)]
    [TestCase(1_001, true)]
    public async Task A_document_with_too_many_fields_is_refused_early(int fields, bool refused)
    {
        await using var qrai = await StartAsync();
        var document = "{ " + string.Join(' ', Enumerable.Repeat("__typename", fields)) + " }";

        var result = await RequestAsync(qrai, document);

        result.TryGetProperty("errors", out var errors).ShouldBe(refused, result.ToString());
        if (refused)
            errors[0].GetProperty("extensions").GetProperty("code").GetString().ShouldBe("invalid_request");
    }

    [TestCase(" @skip(if: false)")]
    [TestCase(" @include(if: true)")]
    [TestCase(" @nobody")]
    public async Task A_document_with_too_many_directives_is_refused_early(string directive)
    {
        await using var qrai = await StartAsync();
        var many = string.Concat(Enumerable.Repeat(directive, 8_000));
        string[] documents =
        [
            $"{{ __typename{many} }}",
            $"{{ ... {many} {{ __typename }} }}",
            $"query{many} {{ __typename }}",
            $"{{ ...F{many} }} fragment F on Query {{ __typename }}",
            $"query($a: Int{many}) {{ __typename }}",
        ];

        foreach (var document in documents)
            (await ErrorAsync(qrai, document)).Code.ShouldBe("invalid_request", document[..40]);
    }

    [TestCase("id @include(if: true) role @include(if: true) content @include(if: true)")]
    [TestCase("id ... @include(if: true) { role ... @include(if: true) { content } } ...F @skip(if: false)")]
    public async Task Directives_are_counted_as_often_as_they_are_evaluated(string fields)
    {
        await using var qrai = await StartAsync();

        (await ErrorAsync(qrai, Page(fields))).Code.ShouldBe("invalid_request");
        await ExecuteAsync(qrai, Page("id role content"));

        static string Page(string fields) =>
            $"{{ sessions(first: 100) {{ nodes {{ messages(first: 100) {{ nodes {{ {fields} }} }} }} }} }}"
            + (fields.Contains("...F") ? " fragment F on Message { id }" : "");
    }

    [TestCase("{ a(b: [%]) }", "1 ")]
    [TestCase("{ __typename } %", "! ")]
    [TestCase("query(%) { __typename }", "$a: Int ")]
    [TestCase("{ sessions(%) { nodes { id } } }", "a: 1 ")]
    public async Task A_document_with_too_many_tokens_is_refused_before_parsing(string document, string word)
    {
        await using var qrai = await StartAsync();

        var (code, extensions) = await ErrorAsync(
            qrai,
            document.Replace("%", string.Concat(Enumerable.Repeat(word, 300_000 / word.Length)))
        );

        code.ShouldBe("invalid_request");
        extensions.GetProperty("errors").GetProperty("query")[0].GetString()!.ShouldContain("words and signs");
    }

    [TestCase(100, false)]
    [TestCase(101, true)]
    public async Task A_document_with_too_many_fragments_is_refused_before_they_are_compared(int count, bool refused)
    {
        await using var qrai = await StartAsync();
        var fragments = Enumerable.Range(1, count - 1).Select(n => $"fragment F{n} on Query {{ ...F{n + 1} }}");

        var result = await RequestAsync(
            qrai,
            $"{{ ...F1 }} {string.Join(' ', fragments)} fragment F{count} on Query {{ __typename }}"
        );

        result.TryGetProperty("errors", out var errors).ShouldBe(refused, result.ToString());
        if (refused)
            errors[0].GetProperty("extensions").GetProperty("code").GetString().ShouldBe("invalid_request");
    }

    [Test]
    public async Task A_long_string_is_one_token()
    {
        await using var qrai = await StartAsync();
        var question = string.Concat(Enumerable.Repeat("Why? ", 20_000));

        await ExecuteAsync(qrai, $"mutation {{ ask(input: {{ question: \"{question}\" }}) {{ answer {{ id }} }} }}");
    }

    [Test]
    public async Task Fragments_that_multiply_are_refused_before_they_are_expanded()
    {
        await using var qrai = await StartAsync();
        var doubled = Enumerable.Range(0, 60).Select(n => $"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}");

        var document = $"{{ ...F0 }} {string.Join(' ', doubled)} fragment F60 on Query {{ __typename }}";

        (await ErrorAsync(qrai, document)).Code.ShouldBe("invalid_request");
        (await ErrorAsync(qrai, "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }")).Code.ShouldBe(
            "invalid_request"
        );
        await ExecuteAsync(
            qrai,
            "{ a: __typename ...F ...F } fragment F on Query { b: __typename ...G } fragment G on Query { __typename }"
        );
    }

    [Test]
    public async Task A_large_page_with_all_fields_is_allowed()
    {
        await using var qrai = await StartAsync();

        await ExecuteAsync(
            qrai,
            """
            { sessions(first: 100) { nodes { id title createdAt updatedAt messageCount
                messages(first: 20) { nodes { id role content status provider model createdAt completedAt } } } } }
            """
        );
    }

    [TestCase("test", null, true)]
    [TestCase("test", "false", false)]
    public async Task The_settings_decide_about_introspection(string environment, string? setting, bool allowed)
    {
        var settings = new Dictionary<string, string> { ["ENVIRONMENT"] = environment };
        if (setting is not null)
            settings["GRAPHQL_INTROSPECTION"] = setting;
        await using var qrai = await StartAsync(settings);

        var result = await RequestAsync(qrai, Introspection);

        result.TryGetProperty("errors", out _).ShouldBe(!allowed, result.ToString());
    }

    [TestCase("?query={sessions{nodes{id}}}", HttpStatusCode.OK)]
    [TestCase("?query=mutation{createSession{id}}", HttpStatusCode.MethodNotAllowed)]
    [TestCase("?query=subscription{answer(id:\"a\"){id}}", HttpStatusCode.NotAcceptable)]
    [TestCase("?query={", HttpStatusCode.BadRequest)]
    [TestCase("?query={sessions{nodes{id}}}&variables=1", HttpStatusCode.BadRequest)]
    [TestCase("", HttpStatusCode.BadRequest)]
    public async Task A_get_request_is_answered_only_for_queries(string parameters, HttpStatusCode status)
    {
        await using var qrai = await StartAsync();

        using var response = await qrai.SendAsync(
            HttpMethod.Get,
            "/graphql" + parameters,
            headers: headers => headers.Accept.ParseAdd("application/graphql-response+json")
        );

        response.StatusCode.ShouldBe(status);
        var result = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        result.TryGetProperty("errors", out _).ShouldBe(status != HttpStatusCode.OK);
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }

    [Test]
    public async Task Without_a_known_media_type_nothing_is_executed()
    {
        await using var qrai = await StartAsync();

        using var accept = await qrai.SendAsync(
            HttpMethod.Post,
            "/graphql",
            new { query = "mutation { createSession { id } }" },
            headers => headers.Accept.ParseAdd("text/plain")
        );
        using var content = await qrai.PostAsync("/graphql", new StringContent("{ sessions { nodes { id } } }"));

        accept.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        content.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await qrai.ListSessionsAsync()).Items.ShouldBeEmpty();
    }
}
