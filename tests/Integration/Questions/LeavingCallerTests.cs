namespace QrAi.Tests.Integration.Questions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class LeavingCallerTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_disconnect_without_a_stream_does_not_cancel_the_answer()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        using var leave = new CancellationTokenSource();
        var asking = qrai.TryAskAsync("Going?", cancellationToken: leave.Token);
        await gate.Request;

        await leave.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        gate.Send("Gone, ");
        gate.Send("but kept.");
        gate.Finish();

        await ShouldBeStoredAsync(qrai, "Gone, but kept.");
    }

    [Test]
    public async Task A_disconnect_from_a_stream_does_not_cancel_the_answer()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("Gone, ");
        await using (var stream = await qrai.AskStreamingAsync("Going?"))
        {
            (await stream.ReadAsync())!.Event.ShouldBe("started");
            (await stream.ReadAsync())!.Event.ShouldBe("delta");
        }

        gate.Send("but kept.");
        gate.Finish();

        await ShouldBeStoredAsync(qrai, "Gone, but kept.");
    }

    [Test]
    public async Task A_disconnect_from_a_stream_is_not_logged_as_an_error()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        gate.Send("Going ");
        var requestId = $"leaving-{Guid.CreateVersion7()}";
        using var leave = new CancellationTokenSource();
        using var response = await qrai.SendAsync(
            HttpMethod.Post,
            "/api/questions",
            new { question = "Going?" },
            headers =>
            {
                headers.Add("X-Request-Id", requestId);
                headers.Accept.ParseAdd("text/event-stream");
            },
            HttpCompletionOption.ResponseHeadersRead,
            leave.Token
        );

        response.Dispose();

        await Eventually.Holds(() => Output.LinesWith(requestId).Any(line => line.Contains("POST /api/questions")));
        Output.LinesWith(requestId).ShouldAllBe(line => !line.Contains(" ERR ") && !line.Contains("Exception"));
        gate.Finish();
    }

    private static async Task ShouldBeStoredAsync(QrAiHost qrai, string content)
    {
        var session = (await qrai.ListSessionsAsync()).Items.ShouldHaveSingleItem();
        var answer = await Eventually.Value(
            async () => (await qrai.ListMessagesAsync(session.Id)).Items[1],
            message => message.Status != "generating"
        );
        answer.Status.ShouldBe("completed");
        answer.Content.ShouldBe(content);
    }
}
