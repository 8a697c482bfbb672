namespace QrAi.Tests.Integration.Questions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class LeavingCallerTests(DatabaseKind kind) : IntegrationTest(kind)
{
    [Test]
    public async Task A_caller_who_leaves_while_waiting_for_the_whole_answer_does_not_cancel_it()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        using var patience = new CancellationTokenSource();
        var asking = qrai.TryAskAsync("Going?", cancellationToken: patience.Token);
        await gate.Request;

        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        gate.Send("Gone, ");
        gate.Send("but kept.");
        gate.Finish();

        await ShouldBeKeptAsync(qrai, "Gone, but kept.");
    }

    [Test]
    public async Task A_caller_who_leaves_a_stream_in_the_middle_does_not_cancel_it()
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

        await ShouldBeKeptAsync(qrai, "Gone, but kept.");
    }

    [Test]
    public async Task A_caller_who_leaves_a_stream_leaves_no_error_in_the_log()
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

    private static async Task ShouldBeKeptAsync(QrAiHost qrai, string content)
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
