using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Fixtures.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Chunks that arrive together are merged into one update.</summary>
public sealed class MergingTests
{
    private const string Finished = """{"choices":[{"delta":{},"finish_reason":"stop"}]}""";
    private const string Counted = """{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}""";

    [Test]
    public async Task A_whole_answer_that_arrives_at_once_is_one_update()
    {
        var tokens = Enumerable.Range(0, 32).Select(number => Content($"token {number} ")).ToArray();

        var updates = await Wire.ReadAsync(AtOnce([.. tokens, Finished, Counted, "[DONE]"]));

        var update = updates.ShouldHaveSingleItem();
        update.Text.ShouldBe(string.Concat(Enumerable.Range(0, 32).Select(number => $"token {number} ")));
        update.Contents.Select(content => content.GetType()).ShouldBe([typeof(TextContent), typeof(UsageContent)]);
        update.FinishReason.ShouldBe(ChatFinishReason.Stop);
    }

    [Test]
    public async Task Tokens_that_arrive_separately_are_separate_updates() =>
        (await Wire.ReadAsync(Token("Hel"), Token("lo"), Finish))
            .Select(update => update.Text)
            .ShouldBe(["Hel", "lo", ""]);

    [Test]
    public async Task An_incomplete_chunk_does_not_delay_earlier_ones()
    {
        var cut = $"data: {Content("lo")}\n\n";

        var updates = await Wire.ReadAsync(
            Text($"data: {Content("H")}\n\ndata: {Content("el")}\n\n{cut[..20]}"),
            Text(cut[20..]),
            Finish
        );

        updates.Select(update => update.Text).ShouldBe(["Hel", "lo", ""]);
    }

    [Test]
    public async Task Text_and_tool_calls_keep_their_order()
    {
        var updates = await Wire.ReadAsync(
            AtOnce(
                Counted,
                Content("Let me "),
                Content("see."),
                Call("""{"index":0,"id":"a","function":{"name":"find","arguments":""}}"""),
                Call("""{"index":0,"function":{"arguments":"{\"q\":"}}"""),
                Call("""{"index":0,"function":{"arguments":"1}"}}"""),
                Call("""{"index":1,"id":"b","function":{"name":"open","arguments":"{}"}}"""),
                Content("Done."),
                Finished
            )
        );

        Describe(updates.ShouldHaveSingleItem())
            .ShouldBe([
                "text Let me see.",
                """call 0 a find {"q":1}""",
                "call 1 b open {}",
                "text Done.",
                "usage 7+2=",
            ]);
    }

    [Test]
    public async Task Text_precedes_the_tool_calls_of_the_same_chunk_whatever_their_order() =>
        Describe(
                (
                    await Wire.ReadAsync(
                        Data(
                            """{"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"arguments":"{}","name":"find"},"index":0}],"content":"Hm"}}]}"""
                        ),
                        Finish
                    )
                )[0]
            )
            .ShouldBe(["text Hm", "call 0 a find {}"]);

    [Test]
    public async Task Later_arguments_are_a_piece_without_id_and_name() =>
        (
            await Wire.ReadAsync(
                Data(Call("""{"index":0,"id":"a","function":{"name":"find","arguments":"{"}}""")),
                Data(Call("""{"index":0,"function":{"arguments":"}"}}""")),
                Finish
            )
        )
            .SelectMany(Describe)
            .ShouldBe(["call 0 a find {", "call 0   }"]);

    [Test]
    public async Task Reasoning_is_reported_only_without_other_content()
    {
        const string Reasoning = """{"choices":[{"delta":{"reasoning":"Hm"}}]}""";

        (await Wire.ReadAsync(AtOnce(Reasoning, Reasoning), AtOnce(Reasoning, Content("Hello")), Finish))
            .SelectMany(Describe)
            .ShouldBe(["reasoning", "text Hello"]);
    }

    [Test]
    public async Task Content_that_arrives_with_a_failure_precedes_it()
    {
        var updates = new List<ChatResponseUpdate>();

        var failure = await Should.ThrowAsync<ProviderException>(() =>
            Wire.ReadAsync(updates, AtOnce(Content("Hel"), Content("lo"), """{"error":{"code":502}}"""))
        );

        failure.Outcome.ShouldBe("http_502");
        updates.ShouldHaveSingleItem().Text.ShouldBe("Hello");
    }

    [Test]
    public async Task Data_after_the_last_event_is_not_read() =>
        Wire.TextOf(await Wire.ReadAsync(AtOnce(Content("Hello"), Finished, "[DONE]", Content(" again"))))
            .ShouldBe("Hello");

    private static Part AtOnce(params string[] chunks) =>
        Text(string.Concat(chunks.Select(chunk => $"data: {chunk}\n\n")));

    private static string Content(string text) => $$$"""{"choices":[{"delta":{"content":"{{{text}}}"}}]}""";

    private static string Call(string call) => $$$"""{"choices":[{"delta":{"tool_calls":[{{{call}}}]}}]}""";

    private static IEnumerable<string> Describe(ChatResponseUpdate update) =>
        update.Contents.Select(content =>
            content is ToolCallPiece call
                ? $"call {call.Index} {call.Id} {call.Name} {call.Arguments}"
                : Conversation.Describe(content)
        );
}
