using System.Net;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Idempotency;
using QrAi.Tests.Testing.Providers;
using QrAi.Tests.Testing.Streams;

namespace QrAi.Tests.Integration.Idempotency;

/// <summary>A question that is repeated with its key is asked once.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class RepeatedQuestionTests(DatabaseKind kind) : IdempotencyTest(kind)
{
    private const int Retries = 50;
    private static readonly Dictionary<string, string> _withKeys = new() { ["AUTHENTICATION"] = "api-key" };

    [Test]
    public async Task Fifty_concurrent_requests_make_one_call_of_the_provider_and_get_one_result([Values] Way way)
    {
        var gate = Gate();
        await using var qrai = await StartAsync();

        var asking = Enumerable
            .Range(0, Retries)
            .Select(number =>
                way == Way.Streaming || way == Way.Mixed && number % 2 == 0
                    ? StreamedAsync(qrai, "fifty")
                    : CompleteAsync(qrai, "fifty")
            )
            .ToList();
        gate.Send("One ");
        gate.Send("answer.");
        gate.Finish();
        var answers = await Task.WhenAll(asking);

        answers.Select(AsJson).Distinct().ShouldHaveSingleItem();
        answers[0].Content.ShouldBe("One answer.");
        Provider.Requests.Count.ShouldBe(1);
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((1, 2));
    }

    [Test]
    public async Task Fifty_concurrent_requests_in_a_session_make_one_call_and_none_is_session_busy()
    {
        await using var qrai = await StartAsync();
        var session = (await qrai.CreateSessionAsync("Once")).Id;

        var answers = await Task.WhenAll(
            Enumerable.Range(0, Retries).Select(_ => AnswerAsync(qrai, "fifty", sessionId: session))
        );

        answers.Select(AsJson).Distinct().ShouldHaveSingleItem();
        Provider.Requests.Count.ShouldBe(1);
        (await qrai.GetSessionAsync(session)).MessageCount.ShouldBe(2);
    }

    [Test]
    public async Task After_a_restart_the_first_answer_is_returned()
    {
        AnsweredBody first;
        await using (var before = await StartAsync())
            first = await AnswerAsync(before, "restart");
        await using var after = await StartAsync();

        AsJson(await AnswerAsync(after, "restart")).ShouldBe(AsJson(first));
        AsJson(await StreamedAsync(after, "restart")).ShouldBe(AsJson(first.Answer));
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_repetition_after_a_disconnect_is_attached_to_the_running_answer()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        using var leaving = new CancellationTokenSource();
        var left = AskAsync(qrai, "left", cancellationToken: leaving.Token);
        gate.Send("Still ");
        await gate.Request;
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(left);

        await using var stream = await EventStreamReader.OpenAsync(
            await PostAsync(qrai, "left", "/api/questions", new { question = "Once?" }, stream: true)
        );
        (await stream.ReadAsync())!.Event.ShouldBe("started");
        (await stream.ReadAsync())!.Event.ShouldBe("delta");
        gate.Send("here.");
        gate.Finish();

        (await stream.ReadToEndAsync())[^1].Event.ShouldBe("completed");
        (await AnswerAsync(qrai, "left")).Answer.Content.ShouldBe("Still here.");
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task The_same_key_with_another_question_is_refused_and_not_asked()
    {
        await using var qrai = await StartAsync();
        await AnswerAsync(qrai, "reused");

        await AskAsync(qrai, "reused", "Twice?").ShouldBeProblem(422, "idempotency_key_reused");
        await PostAsync(qrai, "reused", "/api/sessions", new { }).ShouldBeProblem(422, "idempotency_key_reused");

        Provider.Requests.Count.ShouldBe(1);
        (await qrai.ListSessionsAsync()).Items.Count.ShouldBe(1);
    }

    [Test]
    public async Task The_same_key_of_another_owner_is_another_key()
    {
        await using var qrai = await StartAsync(_withKeys);
        await using var alice = await qrai.AsAsync("alice");
        await using var bob = await qrai.AsAsync("bob");

        var hers = await AnswerAsync(alice, "mine");
        var his = await AnswerAsync(bob, "mine");
        await AskAsync(bob, "mine", "Not hers?").ShouldBeProblem(422, "idempotency_key_reused");

        his.Answer.Id.ShouldNotBe(hers.Answer.Id);
        (await AnswerAsync(alice, "mine")).Answer.Id.ShouldBe(hers.Answer.Id);
        Provider.Requests.Count.ShouldBe(2);
    }

    [Test]
    public async Task A_key_expires_after_a_day_and_its_record_is_deleted()
    {
        var clock = new TestClock();
        await using var qrai = await StartByAsync(clock);
        var first = await AnswerAsync(qrai, "day");
        await AnswerAsync(qrai, "other");
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(10));
        (await AnswerAsync(qrai, "day")).Answer.Id.ShouldBe(first.Answer.Id);

        clock.Advance(TimeSpan.FromTicks(10));
        (await AnswerAsync(qrai, "day", "Another?")).Answer.Id.ShouldNotBe(first.Answer.Id);

        await using var database = await OpenDatabaseAsync();
        (await database.NumberAsync("SELECT count(*) FROM idempotency_records")).ShouldBeInRange(1, 2);
        await qrai.Services.GetRequiredService<MediatR.ISender>().Send(new DeleteExpiredIdempotencyKeys());
        (await database.NumberAsync("SELECT count(*) FROM idempotency_records")).ShouldBe(1);
    }

    [Test]
    public async Task A_refused_request_does_not_use_its_key()
    {
        var gate = Gate();
        await using var qrai = await StartAsync();
        var session = (await qrai.CreateSessionAsync("Busy")).Id;
        var busy = qrai.AskAsync("Busy?", session);
        await gate.Request;

        await AskAsync(qrai, "free", sessionId: session).ShouldBeProblem(409, "session_busy");
        await AskAsync(qrai, "free", " ").ShouldBeProblem(400, "invalid_request", "question");
        gate.Finish();
        await busy;

        (await AnswerAsync(qrai, "free", sessionId: session)).SessionId.ShouldBe(session);
    }

    [Test]
    public async Task A_repetition_of_a_failed_answer_returns_the_same_failure()
    {
        Provider.RespondWith = _ => Reply.Status(400);
        await using var qrai = await StartAsync();

        var first = await AskAsync(qrai, "failed").ShouldBeProblem(502, "provider_failed");
        var again = await AskAsync(qrai, "failed").ShouldBeProblem(502, "provider_failed");

        again.AnswerId.ShouldBe(first.AnswerId);
        Provider.Requests.Count.ShouldBe(1);
    }

    [Test]
    public async Task Other_posts_are_also_executed_once()
    {
        await using var qrai = await StartAsync();

        var created = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => PostAsync(qrai, "made", "/api/sessions", new { title = "Once" }))
        );
        var bodies = await Task.WhenAll(created.Select(each => each.Content.ReadAsStringAsync()));
        created.ShouldAllBe(each => each.StatusCode == HttpStatusCode.Created);
        bodies.Distinct().ShouldHaveSingleItem();
        created.Select(each => each.Headers.Location).Distinct().ShouldHaveSingleItem();
        (await qrai.ListSessionsAsync()).Items.ShouldHaveSingleItem();

        var answer = (await qrai.AskAsync("Over?")).Answer;
        var path = $"/api/answers/{answer.Id}/cancel";
        (await QrAiClient.ReadAsync<MessageBody>(PostAsync(qrai, "stop", path))).Status.ShouldBe("completed");
        (await QrAiClient.ReadAsync<MessageBody>(PostAsync(qrai, "stop", path))).Status.ShouldBe("completed");
        await PostAsync(qrai, "stop", "/api/sessions", new { }).ShouldBeProblem(422, "idempotency_key_reused");
    }

    [Test]
    public async Task A_key_has_1_to_255_visible_characters()
    {
        await using var qrai = await StartAsync();

        foreach (var bad in new[] { "", new string('k', 256) })
            await AskAsync(qrai, bad).ShouldBeProblem(400, "invalid_request", "Idempotency-Key").NameCaseAsync(bad);
        await AnswerAsync(qrai, new string('k', 255));

        Provider.Requests.Count.ShouldBe(1);
    }

    private static async Task<MessageBody> CompleteAsync(QrAiClient qrai, string key) =>
        (await AnswerAsync(qrai, key)).Answer;

    public enum Way
    {
        Whole,
        Streaming,
        Mixed,
    }
}
