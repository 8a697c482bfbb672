namespace QrAi.Tests.Integration.Idempotency;

/// <summary>Requests with one key to two services on one PostgreSQL database.</summary>
public sealed class TwoServicesTests() : IdempotencyTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task Fifty_concurrent_requests_to_both_make_one_call_of_the_provider_and_get_one_result(
        [Values] bool inSession
    )
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var session = inSession ? (await one.CreateSessionAsync("Once")).Id : (Guid?)null;

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(number => AnswerAsync(number % 2 == 0 ? one : other, "both", sessionId: session))
        );

        answers.Select(AsJson).Distinct().ShouldHaveSingleItem();
        Provider.Requests.Count.ShouldBe(1);
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((1, 2));
    }

    [Test]
    public async Task A_repetition_at_the_other_service_follows_a_running_answer_to_its_end()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var asking = AnswerAsync(one, "running");
        await gate.Request;

        var streaming = StreamedAsync(other, "running");
        gate.Send("Both.");
        gate.Finish();

        AsJson(await streaming).ShouldBe(AsJson((await asking).Answer));
        Provider.Requests.Count.ShouldBe(1);
    }
}
