using System.Globalization;
using System.Text.Json;
using QrAi.Application.Usage;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Usage;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class UsageReportTests(DatabaseKind kind) : UsageTest(kind)
{
    private static string Today => TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Test]
    public async Task A_report_is_the_same_before_and_after_calls_are_rolled_up()
    {
        await using var qrai = await StartAsync();
        Provider.Enqueue(
            Reply.Answer("One") with
            {
                Usage = new TokenUsage(10, 1) { Cost = "0.1" },
            },
            Reply.Answer("Two") with
            {
                Usage = new TokenUsage(20, 2) { Cost = "0.2" },
            },
            Reply.Answer("Three") with
            {
                Usage = new TokenUsage(40, 4),
            }
        );
        await qrai.AskAsync("One?");
        await qrai.AskAsync("Two?");
        var before = await UsageOfAsync(qrai);

        var rolledUp = await SendAsync(qrai, new RollUpUsage());
        var after = await UsageOfAsync(qrai);
        await qrai.AskAsync("Three?");
        var mixed = await UsageOfAsync(qrai);
        await SendAsync(qrai, new RollUpUsage());

        rolledUp.ShouldBe(2);
        before.Items.ShouldBe([new UsageItemBody(Today, 2, 30, 3, 0.3m)]); // 0.1 + 0.2 in floating point is no 0.3
        after.Items.ShouldBe(before.Items);
        mixed.Total.ShouldBe(new UsageTotalBody(3, 70, 7, 0.3m));
        (await UsageOfAsync(qrai)).Total.ShouldBe(mixed.Total);
        (await SendAsync(qrai, new RollUpUsage())).ShouldBe(0);
        await using var database = await OpenDatabaseAsync();
        (await database.TextAsync("SELECT calls FROM usage_days")).ShouldBe("3");
    }

    [Test]
    public async Task Two_processes_that_roll_up_at_once_count_each_call_once()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => one.AskAsync($"{number}?")));
        var expected = (await UsageOfAsync(one)).Total;

        var counts = await Task.WhenAll(SendAsync(one, new RollUpUsage()), SendAsync(other, new RollUpUsage()));

        counts.Sum().ShouldBe(8);
        (await UsageOfAsync(other)).Total.ShouldBe(expected);
    }

    [Test]
    public async Task Days_outside_the_period_are_left_out()
    {
        await using var qrai = await StartAsync();
        await qrai.AskAsync("Why?");
        await using var database = await OpenDatabaseAsync();
        await database.ExecuteAsync("UPDATE usage_records SET day = '2026-01-31'");

        (await UsageOfAsync(qrai, "?from=2026-01-31&to=2026-01-31"))
            .Items.ShouldHaveSingleItem()
            .Key.ShouldBe("2026-01-31");
        (await UsageOfAsync(qrai, "?to=2026-03-01")).Items.ShouldHaveSingleItem();
        (await UsageOfAsync(qrai, "?to=2026-03-02")).Items.ShouldBeEmpty(); // 30 days
        (await UsageOfAsync(qrai, "?from=2026-02-01&to=2026-03-01")).Items.ShouldBeEmpty();
        (
            await UsageOfAsync(qrai, "?from=2026-01-31T23:00:00Z&to=2026-02-01T01:00:00%2B09:00")
        ).Items.ShouldNotBeEmpty();
        (await UsageOfAsync(qrai, "?from=2026-01-31T23:00:00-02:00&to=2026-03-01")).Items.ShouldBeEmpty();
        (await UsageOfAsync(qrai, "?to=2026-01-30")).Total.ShouldBe(new UsageTotalBody(0, 0, 0));
    }

    [TestCase("?from=yesterday", "from")]
    [TestCase("?from=2026-02-30", "from")]
    [TestCase("?to=2026-1-1", "to")]
    [TestCase("?from=2026-02-02&to=2026-02-01", "from")]
    [TestCase("?from=9999-12-31", "from")]
    [TestCase("?by=owner", "by")]
    [TestCase("?by=0", "by")]
    public async Task A_wrong_parameter_is_named(string query, string parameter)
    {
        await using var qrai = await StartAsync();

        var problem = await qrai.GetAsync("/api/usage" + query).ShouldBeProblem(400, "invalid_request");

        problem.Errors!.Keys.ShouldBe([parameter]);
    }

    [Test]
    public async Task GraphQL_has_the_same_usage()
    {
        await using var qrai = await StartAsync(Prices());
        Provider.Enqueue(Reply.Answer("Tokyo") with { Usage = new TokenUsage(100, 7) { Cost = "0.00018" } });
        await qrai.AskAsync("Capital?");

        var result = await QrAiClient.ReadAsync<JsonElement>(
            qrai.PostAsync(
                "/graphql",
                new
                {
                    query = """
                    { usage(by: MODEL) {
                      items { key questions promptTokens completionTokens cost }
                      total { questions promptTokens completionTokens cost } } }
                    """,
                }
            )
        );

        result
            .GetProperty("data")
            .GetProperty("usage")
            .Deserialize<UsageReportBody>(Wire.Json)!
            .ShouldSatisfyAllConditions(
                usage => usage.Items.ShouldBe([new UsageItemBody("openrouter/test/model", 1, 100, 7, 0.00018m)]),
                usage => usage.Total.ShouldBe(new UsageTotalBody(1, 100, 7, 0.00018m))
            );
    }

    [Test]
    public async Task Callers_see_their_own_usage_and_operators_that_of_all_by_owner_and_key()
    {
        await using var qrai = await StartAsync(new() { ["AUTHENTICATION"] = "api-key" });
        var (hers, his) = (await qrai.CreateKeyAsync("a", "alice"), await qrai.CreateKeyAsync("b", "bob"));
        await using var alice = qrai.As(hers.Secret);
        await using var bob = qrai.As(his.Secret);
        await alice.AskAsync("One?");
        await SendAsync(qrai, new RollUpUsage());
        await alice.AskAsync("Two?");
        await bob.AskAsync("Three?");

        (await UsageOfAsync(alice)).Total.Questions.ShouldBe(2);
        (await UsageOfAsync(bob)).Total.Questions.ShouldBe(1);
        (await ReportAsync(qrai, ServiceUsageGrouping.Owner)).ShouldBe(["alice 2", "bob 1"]);
        (await ReportAsync(qrai, ServiceUsageGrouping.Key)).ShouldBe(
            [$"{hers.Key.Id} 2", $"{his.Key.Id} 1"],
            ignoreOrder: true
        );
        (await ReportAsync(qrai, ServiceUsageGrouping.Model)).ShouldBe(["openrouter/test/model 3"]);
        (await ReportAsync(qrai, ServiceUsageGrouping.Day)).ShouldBe([$"{Today} 3"]);
    }

    private static async Task<IEnumerable<string>> ReportAsync(QrAiHost qrai, ServiceUsageGrouping by) =>
        (await SendAsync(qrai, new ReportUsage(null, null, by))).Items.Select(item => $"{item.Key} {item.Questions}");
}
