using System.Text;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Infrastructure.Llm;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>Unknown and invalid parts of a chunk are ignored.</summary>
public sealed class LenientReadingTests
{
    [TestCase("ping")]
    [TestCase("<html>")]
    [TestCase("[1]")]
    [TestCase("\"text\"")]
    [TestCase("""{"choices":{"delta":{"content":"x"}}}""")]
    [TestCase("""{"choices":[7,{"delta":{"content":"of a second choice"}}]}""")]
    [TestCase("""{"choices":[{"delta":"x","finish_reason":{}}],"usage":[],"error":false}""")]
    [TestCase("""{"choices":[{"delta":{"content":7}}],"usage":"none","error":""}""")]
    [TestCase("""{"choices":[{"delta":{"content":{"text":"x"},"tool_calls":{"index":0}}}],"usage":{}}""")]
    [TestCase("""{"choices":[{"delta":{"reasoning":{},"reasoning_content":7,"tool_calls":[null,7]}}]}""")]
    [TestCase("""{"id":"\ud800","\udfff":"\ud800\ud800","choices":[{"delta":{"role":"\udc00"}}]}""")]
    [TestCase("""{"usage":{"prompt_tokens":"many","completion_tokens":7.5,"total_tokens":1e99}}""")]
    public async Task A_chunk_that_cannot_be_parsed_is_ignored(string chunk)
    {
        var updates = await Wire.ReadAsync(Token("Hel"), Data(chunk), Token("lo"), Finish);

        updates.Select(update => update.Text).ShouldBe(["Hel", "lo", ""]);
        updates.SelectMany(update => update.Contents).ShouldAllBe(content => content is TextContent);
    }

    [Test]
    public async Task An_unknown_member_may_be_nested_to_any_depth() =>
        (
            await TextOfAsync(
                $$$"""{"odd":{{{new string('[', 5_000)}}}{{{new string(']', 5_000)}}},"choices":[{"delta":{"content":"A"}}]}"""
            )
        ).ShouldBe("A");

    [TestCase("""[{"type":"text","text":"A"}]""", "A")]
    [TestCase("""[{"text":"A"},{"text":"B","type":"text","cache_control":{"type":"x"}}]""", "AB")]
    [TestCase("""[{"type":"image_url","text":"A"},{"text":"B","type":"thinking"},{"type":"text","text":"C"}]""", "C")]
    [TestCase("""[null,7,"x",[{"type":"text","text":"A"}],{"type":"text","text":null},{"type":7,"text":"B"}]""", "B")]
    public async Task Text_may_consist_of_parts(string content, string text) =>
        (await TextOfAsync($$$"""{"choices":[{"delta":{"content":{{{content}}}}}]}""")).ShouldBe(text);

    [TestCase("""{"choices":[{"delta":{"content":"A","content":"B"}}]}""", "B")]
    [TestCase("""{"choices":[{"delta":{"content":"A"},"delta":{"content":"B"}}]}""", "B")]
    [TestCase("""{"choices":[{"delta":{"content":"A"}}],"choices":[{"delta":{"content":"B"}}]}""", "B")]
    public async Task The_last_of_duplicate_members_counts(string chunk, string text) =>
        (await TextOfAsync(chunk)).ShouldBe(text);

    [TestCase("""\u0041\n\t\r\b\f\"\\\/\u65E5\u672c""", "A\n\t\r\b\f\"\\/日本")]
    [TestCase("""\ud83d\ude00""", "😀")]
    [TestCase("""a\ud83d""", "a\uFFFD")]
    [TestCase("""\ude00b""", "\uFFFDb")]
    [TestCase("""\ud83d\ud83d\ude00\ude00""", "\uFFFD😀\uFFFD")]
    public async Task Escapes_are_decoded_and_lone_surrogates_are_replaced(string content, string text) =>
        (await TextOfAsync(Content(content))).ShouldBe(text);

    [Test]
    public async Task A_name_may_be_escaped() =>
        (await TextOfAsync("""{"choices":[{"delta":{"\u0063ontent":"A"}}]}""")).ShouldBe("A");

    [Test]
    public async Task A_surrogate_pair_in_two_chunks_is_joined()
    {
        var updates = await Wire.ReadAsync(
            Data(Content("""a\ud83d""")),
            Data("""{"choices":[{"delta":{}}]}"""),
            Data(Content("""\ude00b""")),
            Finish
        );

        updates.Select(update => update.Text).ShouldBe(["a", "😀b", ""]);
    }

    [Test]
    public async Task A_surrogate_pair_in_arguments_is_joined()
    {
        var updates = await Wire.ReadAsync(Data(Call("""a\ud83d""")), Data(Call("""\ude00b""")), Finish);

        Arguments(updates).ShouldBe(["a", "😀b"]);
    }

    [Test]
    public async Task A_lone_surrogate_at_the_end_of_the_text_is_replaced()
    {
        var updates = await Wire.ReadAsync(Data(Content("""a\ud83d""")), Data(Call("""\ud83d""")), Finish);

        Wire.TextOf(updates).ShouldBe("a\uFFFD");
        Arguments(updates).ShouldBe(["\uFFFD"]);
    }

    [Test]
    public async Task Invalid_UTF_8_is_replaced()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("A"), 0xFF, 0xE6, 0x97, .. Encoding.UTF8.GetBytes("B")];
        byte[] head = Encoding.UTF8.GetBytes("""data: {"choices":[{"delta":{"content":" """.TrimEnd());
        byte[] tail = Encoding.UTF8.GetBytes("\"}}]}\n\n");

        var updates = await Wire.ReadAsync(Bytes((byte[])[.. head, .. bytes, .. tail]), Finish);

        Wire.TextOf(updates).ShouldBe("A\uFFFD\uFFFDB");
    }

    [TestCase("""{"prompt_tokens":7.0,"completion_tokens":"2","total_tokens":9}""", 7, 2, 9)]
    [TestCase("""{"prompt_tokens":"7.0","completion_tokens":2e0,"total_tokens":{"sum":9}}""", 7, 2, null)]
    [TestCase("""{"prompt_tokens":null,"completion_tokens":"two","total_tokens":9}""", null, null, 9)]
    public async Task Numbers_may_have_other_forms(string usage, int? prompt, int? completion, int? total)
    {
        var updates = await Wire.ReadAsync(Token("A"), Data($$$"""{"usage":{{{usage}}}}"""), Finish);

        var details = updates.SelectMany(update => update.Contents).OfType<UsageContent>().Single().Details;
        (details.InputTokenCount, details.OutputTokenCount, details.TotalTokenCount).ShouldBe(
            (prompt, completion, total)
        );
    }

    [TestCase("null")]
    [TestCase("-1")]
    [TestCase("1e12")]
    [TestCase("{}")]
    [TestCase("2.0")]
    [TestCase("\"2\"")]
    public async Task The_index_of_a_tool_call_may_be_missing_or_have_other_forms(string index)
    {
        var call = $$$$"""{"index":{{{{index}}}},"id":7,"function":{"name":"find","arguments":{}}}""";

        var updates = await Wire.ReadAsync(Data($$$"""{"choices":[{"delta":{"tool_calls":[{{{call}}}]}}]}"""), Finish);

        var piece = updates[0].Contents.ShouldHaveSingleItem().ShouldBeOfType<ToolCallPiece>();
        (piece.Index, piece.Id, piece.Name, piece.Arguments).ShouldBe((0, null, "find", ""));
    }

    [TestCase("1", "stop")]
    [TestCase("\"stop\"", "stop")]
    [TestCase("\"st\\u006fp\"", "stop")]
    [TestCase("\"STOP\"", "stop")]
    [TestCase("\"eos\"", "stop")]
    [TestCase("\"end_turn\"", "stop")]
    [TestCase("\"length\"", "length")]
    [TestCase("\"MAX_TOKENS\"", "length")]
    [TestCase("\"SAFETY\"", "content_filter")]
    [TestCase("\"RECITATION\"", "content_filter")]
    [TestCase("\"content_filter\"", "content_filter")]
    public async Task A_finish_reason_is_mapped_to_OpenAIs_names(string reason, string expected)
    {
        var updates = await Wire.ReadAsync(
            Token("A"),
            Data($$$"""{"choices":[{"delta":{},"finish_reason":{{{reason}}}}]}""")
        );

        updates[^1].FinishReason.ShouldBe(new ChatFinishReason(expected));
    }

    [TestCase("\"429\"", "http_429")]
    [TestCase("429.0", "http_429")]
    [TestCase("-1", "broken_off")]
    [TestCase("[429]", "broken_off")]
    public async Task The_status_of_an_error_may_have_other_forms(string code, string outcome) =>
        (
            await Should.ThrowAsync<ProviderException>(() =>
                Wire.ReadAsync(Data($$$"""{"error":{"code":{{{code}}},"message":"?"}}"""))
            )
        ).Outcome.ShouldBe(outcome);

    [TestCase("stop")]
    [TestCase("STOP")]
    [TestCase("tool_use")]
    [TestCase("function_call")]
    public async Task The_finish_reason_of_a_model_that_calls_tools_is_tool_calls(string reason)
    {
        var updates = await Wire.ReadAsync(Data(Call("{}")), FinishWith(reason));

        updates[^1].FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
    }

    [Test]
    public async Task A_refusal_is_the_text_of_the_answer() =>
        Wire.TextOf(
                await Wire.ReadAsync(
                    Data("""{"choices":[{"delta":{"content":null,"refusal":"I "}}]}"""),
                    Data("""{"choices":[{"delta":{"refusal":"cannot.","content":"Hm. "}}]}"""),
                    Finish
                )
            )
            .ShouldBe("I Hm. cannot.");

    [TestCase("")]
    [TestCase("\n\n \uFEFF")]
    public async Task A_provider_may_send_a_whole_completion_instead_of_a_stream(string before)
    {
        var updates = await Wire.ReadAsync(
            Text(
                before
                    + """
                    {
                      "object": "chat.completion",
                      "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
                      "usage": {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}
                    }
                    """
            )
        );

        Wire.TextOf(updates).ShouldBe("Hello");
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.Stop);
        updates
            .SelectMany(update => update.Contents)
            .OfType<UsageContent>()
            .Single()
            .Details.TotalTokenCount.ShouldBe(9);
    }

    [Test]
    public async Task The_last_event_may_end_with_the_stream()
    {
        var updates = await Wire.ReadAsync(
            Token("Hel"),
            Text("""data: {"choices":[{"delta":{"content":"lo"},"finish_reason":"stop"}]}""")
        );

        Wire.TextOf(updates).ShouldBe("Hello");
    }

    [Test]
    public async Task A_truncated_chunk_is_ignored_and_the_stream_breaks_off()
    {
        var updates = new List<ChatResponseUpdate>();

        var failure = await Should.ThrowAsync<ProviderException>(() =>
            Wire.ReadAsync(updates, Token("Hel"), Data("""{"choices":[{"delta":{"content":"lo"},"fin"""), Finish)
        );

        failure.Outcome.ShouldBe("broken_off");
        Wire.TextOf(updates).ShouldBe("Hel");
    }

    [Test]
    public async Task A_chunk_may_have_several_lines_and_follow_a_byte_order_mark()
    {
        var updates = await Wire.ReadAsync(
            Text("\uFEFFdata: {\"choices\":[{\"delta\":\ndata:{\"content\":\r\ndata\ndata: \"A\"}}]}\n\n"),
            Finish
        );

        Wire.TextOf(updates).ShouldBe("A");
    }

    [Test]
    public async Task A_chunk_may_be_longer_than_any_buffer()
    {
        var text = new string('x', 1_000_000);

        (await TextOfAsync(Content(text))).ShouldBe(text);
    }

    private static async Task<string> TextOfAsync(string chunk) =>
        Wire.TextOf(await Wire.ReadAsync(Data(chunk), Finish));

    private static string Content(string text) => $$$"""{"choices":[{"delta":{"content":"{{{text}}}"}}]}""";

    private static string Call(string arguments) =>
        $$$$"""{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{{{{arguments}}}}"}}]}}]}""";

    private static IEnumerable<string> Arguments(IEnumerable<ChatResponseUpdate> updates) =>
        updates.SelectMany(update => update.Contents).OfType<ToolCallPiece>().Select(piece => piece.Arguments);
}
