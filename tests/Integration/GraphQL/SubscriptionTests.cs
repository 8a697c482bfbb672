using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.GraphQL;

public sealed class SubscriptionTests() : GraphQlTest(DatabaseKind.Sqlite)
{
    private const string Follow = """
        subscription($id: ID!, $after: String) {
          answer(id: $id, after: $after) {
            __typename
            id
            ... on AnswerStarted { sessionId answerId provider model }
            ... on AnswerDelta { text }
            ... on AnswerCompleted { answer { content status } }
            ... on AnswerFailed { answer { status error { code } } }
          }
        }
        """;

    [Test]
    public async Task An_answer_is_followed_as_it_comes()
    {
        await using var qrai = await StartAsync();
        var gate = Gate();
        gate.Send("To");
        var id = await AskAsync(qrai);

        await using var stream = await StreamAsync(qrai, Follow, new { id });
        var started = EventOf((await stream.ReadAsync())!);
        var delta = EventOf((await stream.ReadAsync())!);
        gate.Finish("kyo");
        var rest = await stream.ReadToEndAsync();

        started.GetProperty("__typename").GetString().ShouldBe("AnswerStarted");
        started.GetProperty("answerId").GetString().ShouldBe(id);
        (delta.GetProperty("id").GetString(), delta.GetProperty("text").GetString()).ShouldBe(("1.2", "To"));
        rest.Select(each => each.Event).ShouldBe(["next", "next", "complete"]);
        EventOf(rest[1]).GetProperty("answer").GetRawText().ShouldBe("""{"content":"Tokyo","status":"COMPLETED"}""");
    }

    [Test]
    public async Task Who_comes_back_goes_on_after_the_last_event_that_he_has()
    {
        await using var qrai = await StartAsync();
        var id = (await qrai.AskAsync("Where?")).Answer.Id;

        await using var stream = await StreamAsync(qrai, Follow, new { id, after = "1.11" });
        var events = await stream.ReadToEndAsync();

        events.SkipLast(1).Select(each => EventOf(each).GetProperty("id").GetString()).ShouldBe(["1.18", "1.18.end"]);
        events[^1].Event.ShouldBe("complete");
    }

    [Test]
    public async Task An_answer_that_fails_ends_with_that()
    {
        await using var qrai = await StartAsync(new() { ["LLM_MAX_RETRIES"] = "0" });
        Provider.Default = Reply.Status(500);
        var id = await AskAsync(qrai);

        await using var stream = await StreamAsync(qrai, Follow, new { id });
        var last = EventOf((await stream.ReadToEndAsync())[^2]);

        last.GetProperty("__typename").GetString().ShouldBe("AnswerFailed");
        last.GetProperty("answer").GetProperty("error").GetProperty("code").GetString().ShouldBe("provider_failed");
    }

    [Test]
    public async Task An_answer_that_is_not_there_is_an_error_and_the_end()
    {
        await using var qrai = await StartAsync();

        await using var stream = await StreamAsync(qrai, Follow, new { id = Guid.CreateVersion7() });
        var events = await stream.ReadToEndAsync();

        events.Select(each => each.Event).ShouldBe(["next", "complete"]);
        events[0]
            .Data.GetProperty("errors")[0]
            .GetProperty("extensions")
            .GetProperty("code")
            .GetString()
            .ShouldBe("not_found");
    }

    [Test]
    public async Task A_query_may_be_streamed_too()
    {
        await using var qrai = await StartAsync();

        await using var stream = await StreamAsync(qrai, "{ sessions { nodes { id } } }");

        (await stream.ReadToEndAsync()).Select(each => each.Event).ShouldBe(["next", "complete"]);
    }

    private static async Task<string> AskAsync(QrAiHost qrai) =>
        (await ExecuteAsync(qrai, "mutation { ask(input: { question: \"Where?\" }, wait: false) { answer { id } } }"))
            .GetProperty("ask")
            .GetProperty("answer")
            .GetProperty("id")
            .GetString()!;

    private static JsonElement EventOf(Testing.Streams.ServerSentEvent next) =>
        next.Data.GetProperty("data").GetProperty("answer");
}
