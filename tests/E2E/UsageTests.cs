using System.Text.Json;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.E2E;

/// <summary>The verb <c>usage</c>, and the prices that a start reads.</summary>
public sealed class UsageTests : ProgramTests
{
    [Test]
    public async Task It_prints_what_all_owners_used_with_decimal_costs_and_a_total([Values] Database database)
    {
        var provider = await StartProviderAsync();
        var workplace = await MigratedAsync((await new Workplace().WithAsync(database)).WithOpenRouter(provider));
        workplace.Write("prices.json", """{"openrouter/scripted/one":{"input":0.25,"cachedInput":0.025,"output":2}}""");
        workplace.Settings["MODEL_PRICES"] = "prices.json";
        provider.Enqueue(
            Reply.Answer("Tokyo") with
            {
                Usage = new TokenUsage(100, 7) { Cached = 60 },
            },
            Reply.Answer("Paris") with
            {
                Usage = new TokenUsage(10, 1) { Cost = "0.1" },
            }
        );
        (await RunAsync(workplace, "ask", "One?", "--owner", "alice")).ExitCode.ShouldBe(0);
        (await RunAsync(workplace, "ask", "Two?", "--owner", "bob")).ExitCode.ShouldBe(0);

        var byOwner = await RunAsync(workplace, "usage", "--by", "owner");
        var json = await RunAsync(workplace, "usage", "--by", "model", "--json");
        var earlier = await RunAsync(workplace, "usage", "--to", "2026-01-01");

        byOwner.ExitCode.ShouldBe(0, byOwner.Errors);
        byOwner.Output.ShouldBe(
            """
            owner  questions  prompt tokens  completion tokens  cost in USD
            alice          1            100                  7    0.0000255
            bob            1             10                  1          0.1
            total          2            110                  8    0.1000255

            """
        );
        var item = JsonElement.Parse(json.Output).GetProperty("items")[0];
        (item.GetProperty("key").GetString(), item.GetProperty("cost").GetRawText()).ShouldBe(
            ("openrouter/scripted/one", "0.1000255")
        );
        earlier.Output.Split('\n')[1].ShouldMatch(@"^total +0 +0 +0 +unknown$");
    }

    [TestCase("--by", "colour")]
    [TestCase("--from", "today")]
    public async Task Wrong_usage_is_refused(string option, string value)
    {
        var program = await RunAsync(new Workplace(), "usage", option, value);

        program.ExitCode.ShouldBe(2);
        program.Errors.ShouldContain(value);
    }

    [Test]
    public async Task A_mistake_in_the_prices_ends_the_start()
    {
        var workplace = new Workplace();
        workplace.Write("prices.json", """{"openrouter/one":{"input":-1}}""");
        workplace.Settings["MODEL_PRICES"] = "prices.json";

        var program = await RunAsync(workplace);

        program.ExitCode.ShouldBe(78);
        program.Errors.ShouldContain("MODEL_PRICES: prices.json: openrouter/one: input must be a number from 0");
    }
}
