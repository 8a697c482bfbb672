using QrAi.Tests.Integration.Answers;
using QrAi.Tests.Testing.Providers;

namespace QrAi.Tests.Integration.Persistence;

public sealed class ConnectionTests() : IntegrationTest(DatabaseKind.Postgres)
{
    [Test]
    public async Task Five_hundred_concurrent_answers_share_the_pool_and_hold_no_connection_while_they_wait(
        [Values] bool streamed
    )
    {
        var gates = Enumerable.Range(1, 500).Select(_ => Reply.Gated()).ToArray();
        Provider.Enqueue(gates);
        await using var qrai = await StartAsync(
            new() { ["DATABASE_POOL_SIZE"] = "10", ["DATABASE_MAX_OVERFLOW"] = "0" }
        );
        await using var database = await OpenDatabaseAsync();

        var asking = gates.Select((_, number) => AskAsync($"Question {number}")).ToList();
        await Provider.WaitForRequestsAsync(500);

        (await database.CountsAsync()).ShouldBe((500, 1_000));
        // The recorder and the heartbeat use a connection briefly; an answer would hold one until its end.
        var connections = await Eventually.Value(
            () =>
                database.LinesAsync(
                    "SELECT state FROM pg_stat_activity "
                        + "WHERE datname = current_database() AND application_name LIKE 'qrai/%'"
                ),
            states => states.All(state => state == "idle")
        );
        connections.Count.ShouldBeLessThanOrEqualTo(10);
        // All of them wait for the provider, and other requests are served.
        (await qrai.ListSessionsAsync(100)).Items.Count.ShouldBe(100);

        foreach (var each in gates)
        {
            each.Send("Answered");
            each.Finish();
        }

        (await Task.WhenAll(asking)).ShouldAllBe(answer => answer == "Answered");
        (await database.NumberAsync("SELECT count(*) FROM messages WHERE status = 'completed'")).ShouldBe(1_000);

        async Task<string> AskAsync(string question)
        {
            if (!streamed)
                return (await qrai.AskAsync(question)).Answer.Content;
            await using var stream = await qrai.AskStreamingAsync(question);
            return (await stream.ReadToEndAsync()).Text();
        }
    }

    [TestCase("INSERT INTO sessions", "/api/sessions", """{"title":"Once"}""")]
    [TestCase("INSERT INTO messages", "/api/questions", """{"question":"Once?"}""")]
    [TestCase("UPDATE messages SET status", "/api/questions", """{"question":"Once?"}""")]
    public async Task A_write_whose_confirmation_is_lost_is_executed_once_and_is_not_an_error(
        string sql,
        string path,
        string body
    )
    {
        var url = new Uri(await DatabaseUrlAsync());
        await using var network = new TcpProxy(url.Host, url.Port);
        await using var qrai = await QrAiHost.StartAsync(
            new UriBuilder(url) { Host = "127.0.0.1", Port = network.Port }
                .Uri
                .OriginalString,
            Provider
        );
        network.CutReplyTo(sql);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await qrai.PostAsync(path, content);

        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        network.RepliesCut.ShouldBe(1);
        var session = (await qrai.ListSessionsAsync()).Items.ShouldHaveSingleItem();
        (await qrai.ListMessagesAsync(session.Id)).Items.Count.ShouldBe(session.MessageCount);
    }
}
