using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

public sealed class AnswerEventWriterTests
{
    private static readonly Guid Session = Guid.Parse("019ab0de-7c5f-7000-8000-000000000001");
    private static readonly Guid Question = Guid.Parse("019ab0de-7c5f-7000-8000-000000000002");
    private static readonly Guid Answer = Guid.Parse("019ab0de-7c5f-7000-8000-000000000003");

    private static readonly GenerationEnd Completed = new(
        MessageStatus.Completed,
        TestClock.Noon.AddMilliseconds(250),
        "stop",
        null,
        [],
        null
    );

    private readonly Generation _answer = new(new GenerationIdentity(Answer, "me", TestClock.Noon, Session, Question));

    [Test]
    public async Task Started_has_the_ids_the_provider_and_the_model()
    {
        _answer.Begin("openrouter", "some/model");

        (await WriteAsync()).ShouldBe(
            "id: 1\nevent: started\ndata: "
                + "{\"sessionId\":\"019ab0de-7c5f-7000-8000-000000000001\","
                + "\"questionId\":\"019ab0de-7c5f-7000-8000-000000000002\","
                + "\"answerId\":\"019ab0de-7c5f-7000-8000-000000000003\","
                + "\"provider\":\"openrouter\",\"model\":\"some/model\"}\n\n"
        );
    }

    [Test]
    public async Task Delta_has_the_text()
    {
        (await DeltaAsync("Tokyo.")).ShouldBe("id: 1.6\nevent: delta\ndata: {\"text\":\"Tokyo.\"}\n\n");
    }

    [Test]
    public async Task Text_stays_on_one_line_and_readable() =>
        (await DeltaAsync("a\r\nb\n\n\"日本\"\\ é <&>\u0001\u2028")).ShouldBe(
            "id: 1.19\nevent: delta\ndata: {\"text\":\"a\\r\\nb\\n\\n\\\"日本\\\"\\\\ é <&>\\u0001\\u2028\"}\n\n"
        );

    [Test]
    public async Task An_emoji_is_unchanged()
    {
        var text = await DeltaAsync("😀 👩‍👩‍👧‍👦");

        using var data = JsonDocument.Parse(text.Split("data: ")[1]);
        data.RootElement.GetProperty("text").GetString().ShouldBe("😀 👩‍👩‍👧‍👦");
    }

    [TestCase(0, "provider_failed")]
    [TestCase(1, "interrupted")]
    public async Task Restarted_has_the_provider_and_the_reason(int takeovers, string reason)
    {
        _answer.Enter(12, takeovers, "google-ai", "gemini");

        (await WriteAsync(new Position(11, 5))).ShouldBe(
            $"id: 12\nevent: restarted\ndata: {{\"provider\":\"google-ai\",\"model\":\"gemini\",\"reason\":\"{reason}\"}}\n\n"
        );
    }

    [Test]
    public async Task Completed_has_the_answer_without_members_that_do_not_apply()
    {
        _answer.Begin("openrouter", "some/model");
        _answer.Append("Tokyo.");
        _answer.Finish(
            Completed with
            {
                Usage = new TokenUsage(7, 2, 9),
                Attempts = [new Attempt("openrouter", "completed", 340)],
            }
        );

        (await WriteAsync(new Position(1, 6))).ShouldBe(
            "id: 1.6.end\nevent: completed\ndata: {\"answer\":{"
                + "\"id\":\"019ab0de-7c5f-7000-8000-000000000003\","
                + "\"sessionId\":\"019ab0de-7c5f-7000-8000-000000000001\","
                + "\"role\":\"assistant\",\"content\":\"Tokyo.\",\"status\":\"completed\","
                + "\"provider\":\"openrouter\",\"model\":\"some/model\","
                + "\"usage\":{\"promptTokens\":7,\"completionTokens\":2,\"totalTokens\":9},"
                + "\"attempts\":[{\"provider\":\"openrouter\",\"outcome\":\"completed\",\"milliseconds\":340}],"
                + "\"createdAt\":\"2026-11-23T12:00:00Z\",\"completedAt\":\"2026-11-23T12:00:00.25Z\"}}\n\n"
        );
    }

    [Test]
    public async Task A_cancelled_answer_is_sent_as_completed()
    {
        _answer.Finish(Completed with { Status = MessageStatus.Cancelled });
        var text = await WriteAsync();

        text.ShouldStartWith("id: 1.0.end\nevent: completed\n");
        text.ShouldContain("\"status\":\"cancelled\"");
    }

    [Test]
    public async Task Failed_has_the_answer_and_the_problem()
    {
        _answer.Finish(
            Completed with
            {
                Status = MessageStatus.Failed,
                Error = new AnswerError("provider_failed", "Every provider failed."),
            }
        );
        var text = await WriteAsync();

        text.ShouldStartWith("id: 1.0.end\nevent: failed\ndata: {\"answer\":{");
        text.ShouldEndWith("}\n\n");
        text.Count(character => character == '\n').ShouldBe(4);
        using var data = JsonDocument.Parse(text.Split("data: ")[1]);
        data.RootElement.EnumerateObject().Select(member => member.Name).ShouldBe(["answer", "problem"]);
        var error = data.RootElement.GetProperty("answer").GetProperty("error");
        error.GetProperty("code").GetString().ShouldBe("provider_failed");
        var problem = data.RootElement.GetProperty("problem");
        problem.GetProperty("status").GetInt32().ShouldBe(502);
        problem.GetProperty("code").GetString().ShouldBe("provider_failed");
        problem.GetProperty("detail").GetString().ShouldBe("Every provider failed.");
    }

    [Test]
    public async Task Events_follow_one_another()
    {
        _answer.Begin("openrouter", "some/model");
        _answer.Append("a");
        _answer.Finish(Completed);

        var text = await WriteAsync();

        text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(one => one.Split('\n')[..2])
            .ShouldBe([
                ["id: 1", "event: started"],
                ["id: 1.1", "event: delta"],
                ["id: 1.1.end", "event: completed"],
            ]);
    }

    [Test]
    public async Task A_very_long_text_is_written_in_full()
    {
        var text = string.Concat(Enumerable.Repeat("日本", 100_000));

        var written = await DeltaAsync(text);

        string.Concat(
                written
                    .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                    .Select(one => JsonDocument.Parse(one.Split("data: ")[1]))
                    .Select(data => data.RootElement.GetProperty("text").GetString())
            )
            .ShouldBe(text);
        written.ShouldContain("id: 1.200000\n");
    }

    [Test]
    public async Task Tool_calls_are_not_written_as_answers_have_texts()
    {
        _answer.Begin("openrouter", "some/model");
        _answer.Append(new ToolCallPiece(0, "id", "name", "{}"));

        (await WriteAsync(new Position(1, 0))).ShouldBeEmpty();
    }

    /// <summary>Returns the events of a text for a follower that has the start.</summary>
    private Task<string> DeltaAsync(string text)
    {
        _answer.Begin("openrouter", "some/model");
        _answer.Append(text);
        return WriteAsync(new Position(1, 0));
    }

    private async Task<string> WriteAsync(Position after = default)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        QrAiJson.Configure(json);
        using var bytes = new MemoryStream();
        var output = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        using (var follower = new Follower(new HeldGeneration(_answer), after))
        using (
            var writer = new AnswerEventWriter(
                follower.Generation.Identity,
                () => follower.Generation.ToMessage(),
                output,
                json,
                answer => Problem.Of(ErrorMap.Describe(answer), new DefaultHttpContext())
            )
        )
            while (follower.Write(writer) || writer.WriteMore()) { }

        await output.CompleteAsync();
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
