using System.Net;
using QrAi.Tests.Integration.Health;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Persistence;

/// <summary>A PostgreSQL server that stops and restarts.</summary>
public sealed class PostgresOutageTests : PostgresOutageTest
{
    [Test]
    public async Task A_service_starts_without_its_database_and_works_as_soon_as_it_is_available()
    {
        await Cluster.StopAsync();
        await using var qrai = await QrAiHost.StartAsync(
            Cluster.Url,
            Provider,
            new() { ["DATABASE_TIMEOUT_SECONDS"] = "1" },
            waitUntilReady: false
        );

        await HealthTests.HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await ShouldRefuseEverywhereAsync(qrai);
        await Cluster.StartAsync();

        await qrai.ReadyAsync();
        (await qrai.AskAsync("Back?")).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task An_unavailable_database_is_a_503_on_every_route_until_it_is_available_again()
    {
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        var before = await qrai.AskAsync("Before?");

        await Cluster.StopAsync();
        await ShouldRefuseEverywhereAsync(qrai);
        await HealthTests.HealthAsync(qrai, "/health/live", HttpStatusCode.OK);
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.ServiceUnavailable);
        await Cluster.StartAsync();

        (await qrai.GetAnswerAsync(before.Answer.Id)).Content.ShouldBe(before.Answer.Content);
        (await qrai.AskAsync("After?", before.SessionId)).Answer.Status.ShouldBe("completed");
        await HealthTests.HealthAsync(qrai, "/health/ready", HttpStatusCode.OK);
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task An_answer_that_cannot_be_stored_is_stored_once_when_the_database_is_available_again()
    {
        var gate = Reply.Gated();
        Provider.Enqueue(gate);
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        var asking = qrai.TryAskAsync("Kept?");
        gate.Send("Kept, ");
        await gate.Request;

        await Cluster.StopAsync();
        gate.Send("once.");
        gate.Finish();
        await asking.ShouldBeProblem(503, "database_unavailable");
        await Cluster.StartAsync();

        var session = (await qrai.ListSessionsAsync()).Items.Single();
        var messages = await Eventually.Value(
            async () => (await qrai.ListMessagesAsync(session.Id)).Items,
            items => items[^1].Status != "generating"
        );
        messages.Select(message => message.Content).ShouldBe(["Kept?", "Kept, once."]);
        messages[1].Status.ShouldBe("completed");
        Provider.Requests.Count.ShouldBe(1);
        (await qrai.AskAsync("Again?", session.Id)).Answer.Status.ShouldBe("completed");
    }

    [Test]
    public async Task A_follower_receives_the_end_only_after_the_answer_is_stored()
    {
        var gate = Reply.Gated();
        Provider.Enqueue(gate);
        await using var qrai = await QrAiHost.StartAsync(Cluster.Url, Provider);
        gate.Send("Kept.");
        await using var stream = await qrai.AskStreamingAsync("Kept?");
        var id = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        await stream.ReadAsync();

        await Cluster.StopAsync();
        gate.Finish();
        var end = stream.ReadAsync();
        await Eventually.Holds(() => Output.LinesWith($"Answer {id} cannot be saved yet").Count > 0);
        end.IsCompleted.ShouldBeFalse();
        await Cluster.StartAsync();

        var completed = (await end)!;
        completed.Event.ShouldBe("completed");
        (await qrai.GetAnswerAsync(id)).Content.ShouldBe("Kept.");
    }
}
