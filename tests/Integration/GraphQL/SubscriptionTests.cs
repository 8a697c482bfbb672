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
    public async Task An_answer_is_followed_while_it_is_generated()
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
    public async Task A_follower_that_reconnects_continues_after_its_last_event()
    {
        await using var qrai = await StartAsync();
        var id = (await qrai.AskAsync("Where?")).Answer.Id;

        await using var stream = await StreamAsync(qrai, Follow, new { id, after = "1.11" });
        var events = await stream.ReadToEndAsync();

        events.SkipLast(1).Select(each => EventOf(each).GetProperty("id").GetString()).ShouldBe(["1.18", "1.18.end"]);
        events[^1].Event.ShouldBe("complete");
    }

    [Test]
    public async Task A_failed_answer_ends_with_its_failure()
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
    public async Task An_unknown_answer_is_an_error_and_ends_the_stream()
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
    public async Task A_query_can_also_be_streamed()
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
