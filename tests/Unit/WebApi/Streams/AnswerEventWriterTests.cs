using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using QrAi.Application.Answers;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Hosting;
using QrAi.WebApi.Streams;

namespace QrAi.Tests.Unit.WebApi.Streams;

public sealed class AnswerEventWriterTests
{
    private static readonly Guid Session = Guid.Parse("019ab0de-7c5f-7000-8000-000000000001");
    private static readonly Guid Question = Guid.Parse("019ab0de-7c5f-7000-8000-000000000002");
    private static readonly Guid Answer = Guid.Parse("019ab0de-7c5f-7000-8000-000000000003");

    [Test]
    public async Task Started_tells_who_answers_what() =>
        (await WriteAsync(1, new AnswerEvent.Started(Session, Question, Answer, "openrouter", "some/model"))).ShouldBe(
            "id: 1\nevent: started\ndata: "
                + "{\"sessionId\":\"019ab0de-7c5f-7000-8000-000000000001\","
                + "\"questionId\":\"019ab0de-7c5f-7000-8000-000000000002\","
                + "\"answerId\":\"019ab0de-7c5f-7000-8000-000000000003\","
                + "\"provider\":\"openrouter\",\"model\":\"some/model\"}\n\n"
        );

    [Test]
    public async Task Delta_has_the_text() =>
        (await WriteAsync(2, new AnswerEvent.Delta("Tokyo."))).ShouldBe(
            "id: 2\nevent: delta\ndata: {\"text\":\"Tokyo.\"}\n\n"
        );

    [Test]
    public async Task Text_stays_on_one_line_and_readable() =>
        (await WriteAsync(3, new AnswerEvent.Delta("a\r\nb\n\n\"日本\"\\ é <&>\u0001\u2028"))).ShouldBe(
            "id: 3\nevent: delta\ndata: {\"text\":\"a\\r\\nb\\n\\n\\\"日本\\\"\\\\ é <&>\\u0001\\u2028\"}\n\n"
        );

    [Test]
    public async Task An_emoji_comes_back_as_it_was()
    {
        var text = await WriteAsync(3, new AnswerEvent.Delta("😀 👩‍👩‍👧‍👦"));

        using var data = JsonDocument.Parse(text.Split("data: ")[1]);
        data.RootElement.GetProperty("text").GetString().ShouldBe("😀 👩‍👩‍👧‍👦");
    }

    [Test]
    public async Task Restarted_tells_who_goes_on() =>
        (await WriteAsync(4, new AnswerEvent.Restarted("google-ai", "gemini"))).ShouldBe(
            "id: 4\nevent: restarted\ndata: {\"provider\":\"google-ai\",\"model\":\"gemini\"}\n\n"
        );

    [Test]
    public async Task Completed_has_the_answer_without_what_does_not_apply() =>
        (
            await WriteAsync(
                long.MaxValue,
                AnswerEvent.Ended(
                    Message(MessageStatus.Completed) with
                    {
                        Content = "Tokyo.",
                        Provider = "openrouter",
                        Model = "some/model",
                        Usage = new TokenUsage(7, 2, 9),
                        Attempts = [new Attempt("openrouter", "completed", 340)],
                    }
                )
            )
        ).ShouldBe(
            "id: 9223372036854775807\nevent: completed\ndata: {\"answer\":{"
                + "\"id\":\"019ab0de-7c5f-7000-8000-000000000003\","
                + "\"sessionId\":\"019ab0de-7c5f-7000-8000-000000000001\","
                + "\"role\":\"assistant\",\"content\":\"Tokyo.\",\"status\":\"completed\","
                + "\"provider\":\"openrouter\",\"model\":\"some/model\","
                + "\"usage\":{\"promptTokens\":7,\"completionTokens\":2,\"totalTokens\":9},"
                + "\"attempts\":[{\"provider\":\"openrouter\",\"outcome\":\"completed\",\"milliseconds\":340}],"
                + "\"createdAt\":\"2026-11-23T12:00:00Z\",\"completedAt\":\"2026-11-23T12:00:00.25Z\"}}\n\n"
        );

    [Test]
    public async Task A_cancelled_answer_is_completed_to_its_followers()
    {
        var text = await WriteAsync(5, AnswerEvent.Ended(Message(MessageStatus.Cancelled)));

        text.ShouldStartWith("id: 5\nevent: completed\n");
        text.ShouldContain("\"status\":\"cancelled\"");
    }

    [Test]
    public async Task Failed_has_the_answer_and_the_problem()
    {
        var text = await WriteAsync(
            6,
            AnswerEvent.Ended(
                Message(MessageStatus.Failed) with
                {
                    Error = new AnswerError("provider_failed", "Every provider failed."),
                    Attempts = [],
                }
            )
        );

        text.ShouldStartWith("id: 6\nevent: failed\ndata: {\"answer\":{");
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
    public async Task Events_follow_one_another() =>
        (
            await WriteAsync(writer =>
            {
                writer.Write(new NumberedAnswerEvent(1, new AnswerEvent.Delta("a")));
                writer.Write(new NumberedAnswerEvent(2, new AnswerEvent.Delta("b")));
            })
        ).ShouldBe("id: 1\nevent: delta\ndata: {\"text\":\"a\"}\n\nid: 2\nevent: delta\ndata: {\"text\":\"b\"}\n\n");

    [Test]
    public async Task A_very_long_text_is_written_whole()
    {
        var text = string.Concat(Enumerable.Repeat("日本", 100_000));

        (await WriteAsync(1, new AnswerEvent.Delta(text))).ShouldBe(
            "id: 1\nevent: delta\ndata: {\"text\":\"" + text + "\"}\n\n"
        );
    }

    private static Task<string> WriteAsync(long id, AnswerEvent happened) =>
        WriteAsync(writer => writer.Write(new NumberedAnswerEvent(id, happened)));

    private static async Task<string> WriteAsync(Action<AnswerEventWriter> write)
    {
        var json = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        QrAiJson.Configure(json);
        using var bytes = new MemoryStream();
        var output = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        using (
            var writer = new AnswerEventWriter(
                output,
                json,
                answer => ErrorMap.Describe(answer).ToProblem(new DefaultHttpContext())
            )
        )
            write(writer);
        await output.CompleteAsync();
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static MessageDto Message(MessageStatus status) =>
        new(
            Answer,
            Session,
            Question,
            MessageRole.Assistant,
            "",
            status,
            null,
            null,
            null,
            null,
            null,
            TestClock.Noon,
            TestClock.Noon.AddMilliseconds(250)
        );
}
