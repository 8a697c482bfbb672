using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.OpenAi;

namespace QrAi.Tests.Unit.WebApi.OpenAi;

public sealed class ChatCompletionWriterTests
{
    private static readonly GenerationEnd Completed = new(
        MessageStatus.Completed,
        TestClock.Noon,
        "length",
        new TokenUsage(7, 2, 9),
        [],
        null
    );

    private readonly Generation _completion = new(
        new GenerationIdentity(Guid.Parse("019ab0de-7c5f-7000-8000-000000000001"), "me", TestClock.Noon)
    );

    [Test]
    public void A_completion_is_a_role_its_texts_a_finish_reason_and_done()
    {
        var chunks = Write(
            () =>
            {
                _completion.Begin("openrouter", "some/model");
                _completion.Append("Tok");
            },
            () => _completion.Append("yo."),
            () => _completion.Finish(Completed)
        );

        chunks
            .Select(Choice)
            .ShouldBe([
                """{"role":"assistant","content":""} null""",
                """{"content":"Tok"} null""",
                """{"content":"yo."} null""",
                """{} "length" """.TrimEnd(),
                "[DONE]",
            ]);
        chunks
            .SkipLast(1)
            .ShouldAllBe(chunk =>
                chunk.StartsWith(
                    """{"id":"chatcmpl-019ab0de7c5f70008000000000000001","object":"chat.completion.chunk","created":1795435200,"model":"openrouter/some/model",""",
                    StringComparison.Ordinal
                )
            );
        chunks.ShouldAllBe(chunk => !chunk.Contains("usage"));
    }

    [Test]
    public void Usage_is_sent_at_the_end_if_it_is_requested()
    {
        var chunks = Write(
            withUsage: true,
            () => _completion.Begin("openrouter", "m"),
            () => _completion.Finish(Completed)
        );

        chunks[0].ShouldContain("\"usage\":null");
        chunks[^2]
            .ShouldContain("\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,\"total_tokens\":9}");
        chunks[^1].ShouldBe("[DONE]");
    }

    [Test]
    public void Tool_calls_are_sent_in_pieces_and_identified_once()
    {
        var chunks = Write(
            () =>
            {
                _completion.Begin("openrouter", "m");
                _completion.Append(new ToolCallPiece(0, "a", "weather", "{\"ci"));
            },
            () => _completion.Append(new ToolCallPiece(0, null, null, "ty\":1}")),
            () => _completion.Finish(Completed with { FinishReason = "tool_calls" })
        );

        Choice(chunks[1])
            .ShouldBe(
                """{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"weather","arguments":"{\"ci"}}]} null"""
            );
        Choice(chunks[2]).ShouldBe("""{"tool_calls":[{"index":0,"function":{"arguments":"ty\":1}"}}]} null""");
        Choice(chunks[3]).ShouldBe("{} \"tool_calls\"");
    }

    [Test]
    public void Late_members_of_a_tool_call_are_sent_once_and_nothing_twice()
    {
        var more = new Dictionary<string, JsonElement> { ["extra_content"] = JsonElement.Parse("""{"x":1}""") };
        var chunks = Write(
            () =>
            {
                _completion.Begin("openrouter", "m");
                _completion.Append(new ToolCallPiece(0, "a", null, "{"));
            },
            () => _completion.Append(new ToolCallPiece(0, "a", "weather", "")),
            () => _completion.Append(new ToolCallPiece(0, "a", "weather", "}") { AdditionalMembers = more }),
            () => _completion.Finish(Completed with { FinishReason = "tool_calls" })
        );

        chunks[1..4]
            .Select(Choice)
            .ShouldBe([
                """{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"arguments":"{"}}]} null""",
                """{"tool_calls":[{"index":0,"function":{"name":"weather","arguments":""}}]} null""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"}"},"extra_content":{"x":1}}]} null""",
            ]);
    }

    [Test]
    public void Another_provider_may_restart_before_any_text_is_sent()
    {
        var chunks = Write(
            () => _completion.Begin("openrouter", "one"),
            () => _completion.Begin("google-ai", "two"),
            () => _completion.Append("Tokyo."),
            () => _completion.Finish(Completed)
        );

        chunks.Count(chunk => chunk.Contains("\"role\"")).ShouldBe(1);
        chunks[1].ShouldContain("\"model\":\"google-ai/two\"");
    }

    [Test]
    public void A_restart_after_text_was_sent_is_a_failure()
    {
        var broken = Should.Throw<GenerationFailedException>(() =>
            Write(
                () =>
                {
                    _completion.Begin("openrouter", "one");
                    _completion.Append("Osa");
                },
                () => _completion.Begin("google-ai", "two")
            )
        );

        broken.Code.ShouldBe("provider_failed");
        broken.Message.ShouldBe("The provider broke off in the middle of the answer.");
    }

    [Test]
    public void A_failed_completion_is_a_failure_with_its_code()
    {
        _completion.Begin("openrouter", "one");
        _completion.Finish(
            Completed with
            {
                Status = MessageStatus.Failed,
                Error = new AnswerError("provider_timeout", "Too late."),
            }
        );

        Should.Throw<GenerationFailedException>(() => Write()).Code.ShouldBe("provider_timeout");
    }

    [Test]
    public void A_failure_is_an_error_event_and_no_done_follows()
    {
        var chunks = Write(withUsage: false, writer => writer.WriteFailure(new ShuttingDownException()).ShouldBeTrue());

        using var error = JsonDocument.Parse(chunks.ShouldHaveSingleItem());
        error.RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("shutting_down");
    }

    [Test]
    public void A_completion_that_was_cancelled_before_its_start_is_empty_and_names_the_requested_model()
    {
        _completion.Finish(Completed with { Status = MessageStatus.Cancelled, FinishReason = null, Usage = null });

        var chunks = Write();

        chunks.Select(Choice).ShouldBe(["""{"role":"assistant","content":""} null""", "{} \"stop\"", "[DONE]"]);
        chunks[0].ShouldContain("\"model\":\"asked/for\"");
    }

    /// <summary>Returns the delta and the finish reason of a chunk.</summary>
    private static string Choice(string chunk)
    {
        if (chunk == "[DONE]")
            return chunk;
        using var json = JsonDocument.Parse(chunk);
        var choice = json.RootElement.GetProperty("choices")[0];
        return $"{choice.GetProperty("delta").GetRawText()} {choice.GetProperty("finish_reason").GetRawText()}";
    }

    private List<string> Write(params Action[] steps) => Write(withUsage: false, steps);

    /// <summary>Returns the chunks that are written when a follower reads after each step.</summary>
    private List<string> Write(bool withUsage, params Action[] steps)
    {
        using var follower = new Follower(new HeldGeneration(_completion));
        return Write(
            withUsage,
            writer =>
            {
                follower.Write(writer);
                foreach (var step in steps)
                {
                    step();
                    follower.Write(writer);
                }
            }
        );
    }

    [Test]
    public void The_markers_of_passages_are_annotations_before_the_finish_reason()
    {
        var document = Guid.Parse("019ab0de-7c5f-7000-8000-000000000009");
        var chunks = Write(
            () =>
            {
                _completion.SetSources([new SourcePassage(document, "Rules", 4, "Leave", 12, "Three days before.")]);
                _completion.Begin("openrouter", "some/model");
                _completion.Append("Three days ");
            },
            () => _completion.Append("before [1]."),
            () => _completion.Finish(Completed)
        );

        chunks
            .Select(Choice)
            .ToList()[^3]
            .ShouldBe(
                """{"annotations":[{"type":"url_citation","url_citation":{"start_index":18,"end_index":21,"url":"https://qrai.example/api/documents/019ab0de-7c5f-7000-8000-000000000009/content#passage-4","title":"Rules"}}]} null"""
            );
    }

    private List<string> Write(bool withUsage, Action<ChatCompletionWriter> write)
    {
        var pipe = new Pipe();
        using (
            var writer = new ChatCompletionWriter(
                _completion,
                pipe.Writer,
                "asked/for",
                withUsage,
                "https://qrai.example/api/documents",
                ErrorMap.Describe
            )
        )
            write(writer);
        pipe.Writer.Complete();
        pipe.Reader.TryRead(out var read);
        return
        [
            .. Encoding
                .UTF8.GetString(read.Buffer)
                .Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line["data: ".Length..]),
        ];
    }
}
