using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Sessions;

namespace QrAi.Tests.Integration.Sessions;

[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class SessionRetentionTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private static readonly DateTimeOffset Now = TestClock.Noon;
    private static readonly DateTimeOffset Old = Now.AddDays(-30).AddMinutes(-1);

    [Test]
    public async Task The_service_deletes_sessions_of_all_owners_without_activity_with_their_messages()
    {
        var clock = new TestClock();
        await using (var before = await StartByAsync(clock))
            await before.AddAsync(
                A.Session().OwnedBy("alice").Titled("Hers, old").At(Old.AddMinutes(-10)).Answered(2),
                A.Session()
                    .OwnedBy("alice")
                    .Titled("Hers, in use")
                    .At(Old.AddDays(-50))
                    .Answered()
                    .At(Now.AddDays(-29))
                    .Answered(),
                A.Session().OwnedBy("bob").Titled("His, young").At(Now.AddDays(-29)).Answered(),
                A.Session().OwnedBy("carol").Titled("Empty, old").At(Old)
            );

        await using var qrai = await StartByAsync(clock, new() { ["RETENTION_DAYS"] = "30" });

        await using var database = await OpenDatabaseAsync();
        await Eventually.Value(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return database.LinesAsync("SELECT title FROM sessions ORDER BY title");
            },
            titles => titles.SequenceEqual(["Hers, in use", "His, young"])
        );
        (await database.NumberAsync("SELECT count(*) FROM messages")).ShouldBe(6);
        await Eventually.Holds(() => Output.LinesWith("Deleted 2 sessions without activity for 30 days").Count > 0);
    }

    [Test]
    public async Task A_session_with_an_open_answer_stays()
    {
        await using var qrai = await StartByAsync(new TestClock());
        var session = await qrai.AddAsync(A.Session().At(Old).Asked());
        await qrai.AddAsync(A.Session().At(Old.AddDays(1)).Answered());

        (await SendAsync(qrai, new DeleteInactiveSessions(30, ""))).ShouldBe(new DeletedSessions(0, "anonymous"));

        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((2, 4));
        session.MessageCount.ShouldBe(2);
    }

    [Test]
    public async Task An_owner_with_many_sessions_is_finished_batch_by_batch()
    {
        await using var qrai = await StartByAsync(new TestClock());
        await qrai.AddAsync([.. Enumerable.Range(1, 250).Select(_ => A.Session().OwnedBy("bob").At(Old))]);
        await qrai.AddAsync(A.Session().OwnedBy("alice").At(Now));
        var counts = new List<int>();

        for (var after = ""; after is not null; )
        {
            var batch = await SendAsync(qrai, new DeleteInactiveSessions(30, after));
            counts.Add(batch.Count);
            after = batch.Next;
        }

        counts.ShouldBe([100, 100, 50, 0]);
        await using var database = await OpenDatabaseAsync();
        (await database.LinesAsync("SELECT owner FROM sessions")).ShouldBe(["alice"]);
    }

    [Test]
    public async Task Many_processes_can_delete_concurrently()
    {
        await using var qrai = await StartByAsync(new TestClock());
        await qrai.AddAsync([.. Enumerable.Range(1, 90).Select(_ => A.Session().At(Old).Answered())]);

        var batches = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => SendAsync(qrai, new DeleteInactiveSessions(30, "")))
        );

        batches.Sum(batch => batch.Count).ShouldBe(90);
        await using var database = await OpenDatabaseAsync();
        (await database.CountsAsync()).ShouldBe((0, 0));
    }

    private static async Task<DeletedSessions> SendAsync(QrAiHost qrai, DeleteInactiveSessions request)
    {
        await using var scope = qrai.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ISender>().Send(request);
    }
}
