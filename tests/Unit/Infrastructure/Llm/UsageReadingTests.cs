using System.Globalization;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Unit.Support.Llm;

namespace QrAi.Tests.Unit.Infrastructure.Llm;

/// <summary>The usage that providers report.</summary>
public sealed class UsageReadingTests
{
    [TestCase("0.00014535", "0.00014535")]
    [TestCase("1.2345678e-05", "0.000012345678")]
    [TestCase("0.1234567890123456789", "0.1234567890123456789")] // more than a double has
    [TestCase("0", "0")]
    [TestCase("\"0.5\"", "0.5")]
    [TestCase("-1", null)]
    [TestCase("1e99", null)]
    [TestCase("null", null)]
    [TestCase("{\"total\":1}", null)]
    [TestCase("\"free\"", null)]
    public async Task A_cost_is_read_as_a_decimal_number_and_left_out_if_it_is_none(string json, string? cost)
    {
        var usage = await ReadAsync($$"""{"prompt_tokens":7,"cost":{{json}},"completion_tokens":2}""");

        usage.Cost.ShouldBe(cost is null ? null : decimal.Parse(cost, CultureInfo.InvariantCulture));
        (usage.InputTokenCount, usage.OutputTokenCount).ShouldBe((7, 2));
    }

    [TestCase("""{"cached_tokens":5,"audio_tokens":0}""", 5L)]
    [TestCase("""{"audio_tokens":0}""", null)]
    [TestCase("null", null)]
    [TestCase("[5]", null)]
    public async Task Cached_tokens_are_read_from_the_details(string json, long? cached)
    {
        var usage = await ReadAsync($$"""{"prompt_tokens":7,"prompt_tokens_details":{{json}},"completion_tokens":2}""");

        (usage.CachedInputTokenCount, usage.OutputTokenCount).ShouldBe((cached, 2));
    }

    private static async Task<BilledUsage> ReadAsync(string usage)
    {
        var updates = await Wire.ReadAsync(
            Part.Token("Hello"),
            Part.Finish,
            Part.Data($$"""{"choices":[],"usage":{{usage}}}"""),
            Part.Done
        );
        return updates
            .SelectMany(update => update.Contents)
            .OfType<UsageContent>()
            .ShouldHaveSingleItem()
            .Details.ShouldBeOfType<BilledUsage>();
    }
}
