using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Tests.Unit.Support.Llm;
using static QrAi.Tests.Testing.Providers.Part;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The assignment of pieces to tool calls, in the variants of providers.</summary>
public sealed class ToolCallTests
{
    [Test]
    public async Task Calls_without_an_index_are_distinguished_by_their_ids() =>
        (
            await CallsAsync(
                """
                {"id":"a","type":"function","function":{"name":"w","arguments":"{\"c\":1}"}},
                {"id":"b","type":"function","function":{"name":"w","arguments":"{\"c\":2}"}}
                """
            )
        ).ShouldBe(["0 a w {\"c\":1}", "1 b w {\"c\":2}"]);

    [Test]
    public async Task A_new_id_is_a_new_call_even_with_the_same_index() =>
        (
            await CallsAsync(
                """{"index":0,"id":"a","function":{"name":"w","arguments":"1"}}""",
                """{"index":0,"id":"b","function":{"name":"w","arguments":"2"}}""",
                """{"index":0,"function":{"arguments":"3"}}"""
            )
        ).ShouldBe(["0 a w 1", "1 b w 23"]);

    [Test]
    public async Task An_id_that_is_repeated_in_every_piece_is_the_same_call() =>
        (
            await CallsAsync(
                """{"id":"a","function":{"name":"w","arguments":"1"}}""",
                """{"id":"b","function":{"name":"v","arguments":"2"}}""",
                """{"id":"a","function":{"arguments":"3"}},{"id":"b","function":{"arguments":"4"}}"""
            )
        ).ShouldBe(["0 a w 13", "1 b v 24"]);

    [Test]
    public async Task Empty_texts_in_a_continuation_overwrite_nothing() =>
        (
            await CallsAsync(
                """{"index":0,"id":"a","function":{"name":"w","arguments":"1"}}""",
                """{"index":0,"id":"","type":"","function":{"name":"","arguments":"2"}}""",
                """{"index":0,"id":null,"function":{"name":null,"arguments":null}}"""
            )
        ).ShouldBe(["0 a w 12"]);

    [Test]
    public async Task A_piece_without_index_and_id_continues_the_last_call_unless_it_names_a_tool() =>
        (
            await CallsAsync(
                """{"function":{"name":"w","arguments":"1"}}""",
                """{"function":{"arguments":"2"}}""",
                """{"function":{"name":"v","arguments":"3"}},{"function":{"name":"u","arguments":"4"}}"""
            )
        ).ShouldBe(["0  w 12", "1  v 3", "2  u 4"]);

    [Test]
    public async Task Calls_are_numbered_from_zero_whatever_the_indexes_of_the_provider() =>
        (
            await CallsAsync(
                """{"index":5,"id":"a","function":{"name":"w","arguments":"1"}}""",
                """{"index":2,"id":"b","function":{"name":"v","arguments":"2"}}""",
                """{"index":5,"function":{"arguments":"3"}}"""
            )
        ).ShouldBe(["0 a w 13", "1 b v 2"]);

    [Test]
    public async Task An_id_or_a_name_may_arrive_later() =>
        (
            await CallsAsync(
                """{"index":0,"function":{"arguments":"1"}}""",
                """{"index":0,"id":"a","function":{"arguments":"2"}}""",
                """{"index":0,"function":{"name":"w"}}"""
            )
        ).ShouldBe(["0 a w 12"]);

    [Test]
    public async Task Additional_members_of_a_call_are_preserved()
    {
        const string Added = """{"google":{"thought_signature":"AB\u0043=","n":[1.0,null]}}""";
        var updates = await Wire.ReadAsync(
            Call(
                $$$"""{"index":0,"id":"a","extra_content":{{{Added}}},"extra":null,"function":{"name":"w","arguments":"1"}}"""
            ),
            Finish
        );

        var piece = updates.SelectMany(update => update.Contents).OfType<ToolCallPiece>().Single();
        piece.AdditionalMembers.ShouldNotBeNull().ShouldHaveSingleItem().Key.ShouldBe("extra_content");
        piece.AdditionalMembers["extra_content"].GetRawText().ShouldBe(Added);
    }

    [Test]
    public async Task Thousands_of_calls_are_distinguished_quickly()
    {
        var calls = Enumerable
            .Range(0, 5_000)
            .Select(number => $$$"""{"id":"c{{{number}}}","function":{"name":"w"}}""");

        (await CallsAsync([.. calls])).Length.ShouldBe(5_000);
    }

    /// <summary>Returns the calls of pieces: number, id, name and arguments.</summary>
    private static async Task<string[]> CallsAsync(params string[] pieces)
    {
        var updates = await Wire.ReadAsync([.. pieces.Select(Call), Finish]);
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        return
        [
            .. updates
                .SelectMany(update => update.Contents)
                .OfType<ToolCallPiece>()
                .GroupBy(piece => piece.Index)
                .Select(call =>
                    $"{call.Key} {One(call.Select(piece => piece.Id))} {One(call.Select(piece => piece.Name))} "
                    + string.Concat(call.Select(piece => piece.Arguments))
                ),
        ];

        static string? One(IEnumerable<string?> values) => values.OfType<string>().Distinct().SingleOrDefault();
    }

    private static QrAi.Tests.Testing.Providers.Part Call(string calls) =>
        Data($$$"""{"choices":[{"delta":{"tool_calls":[{{{calls.ReplaceLineEndings("")}}}]}}]}""");
}
