using System.Data.Common;
using MediatR;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Answers;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;

namespace QrAi.Tests.Integration.Answers;

/// <summary>Who ends an answer reads it, then its session; between the two somebody else may end it.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.Postgres)]
public sealed class EndsOnceTests(DatabaseKind kind) : IntegrationTest(kind)
{
    private readonly Meanwhile _meanwhile = new();

    [Test]
    public async Task An_answer_that_is_completed_while_another_service_cancels_it_stays_completed()
    {
        var gate = Gate();
        await using var one = await StartAsync();
        await using var other = await StartInterruptedAsync();
        gate.Send("Whole");
        await using var stream = await one.AskStreamingAsync("Whole?");
        var answer = (await stream.ReadAsync())!.Data.GetProperty("answerId").GetGuid();
        _meanwhile.Do(async () =>
        {
            gate.Finish();
            await stream.ReadToEndAsync();
        });

        var cancelled = await other.CancelAsync(answer);

        _meanwhile.Happened.ShouldBeTrue();
        (cancelled.Status, cancelled.Content).ShouldBe(("completed", "Whole"));
        var kept = await one.GetAnswerAsync(answer);
        kept.Status.ShouldBe("completed");
        kept.Attempts!.ShouldHaveSingleItem().Outcome.ShouldBe("completed");
    }

    [Test]
    public async Task An_abandoned_answer_that_is_cancelled_while_it_is_failed_stays_cancelled()
    {
        await using var qrai = await StartInterruptedAsync();
        var session = await qrai.AddAsync(A.Session().At(TimeProvider.System.GetUtcNow().AddDays(-1)).Asked());
        var gate = Gate();
        _meanwhile.Do(async () =>
        {
            await qrai.CancelAsync(session.OpenAnswerId!.Value);
            gate.Send("And ");
            await (await qrai.AskStreamingAsync("And now?", session.Id)).DisposeAsync();
        });

        var failed = await qrai.Services.GetRequiredService<ISender>().Send(new FailAbandonedAnswers());

        _meanwhile.Happened.ShouldBeTrue();
        failed.ShouldBe(0);
        (await qrai.GetAnswerAsync(session.OpenAnswerId!.Value)).Status.ShouldBe("cancelled");
        gate.Send("now.");
        gate.Finish();
        var next = await Eventually.Value(qrai.LatestAnswerAsync, answer => answer.Status != "generating");
        (next.Status, next.Content).ShouldBe(("completed", "And now."));
    }

    private Task<QrAiHost> StartInterruptedAsync() =>
        StartAsync(configure: services =>
        {
            if (Kind == DatabaseKind.Postgres)
                services.ConfigureDbContext<PostgresDbContext>(b => b.AddInterceptors(_meanwhile));
            else
                services.ConfigureDbContext<SqliteDbContext>(b => b.AddInterceptors(_meanwhile));
            // The service looks for abandoned answers by itself; here the test does.
            services.Remove(services.Single(service => service.ImplementationType?.Name == "AbandonedAnswers"));
        });

    /// <summary>Lets something happen once, before the next session is read.</summary>
    private sealed class Meanwhile : DbCommandInterceptor
    {
        private Func<Task>? _next;

        public bool Happened { get; private set; }

        public void Do(Func<Task> next) => _next = next;

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        )
        {
            if (
                command.CommandText.Replace("\"", "", StringComparison.Ordinal).Contains("FROM sessions")
                && Interlocked.Exchange(ref _next, null) is { } next
            )
            {
                await next();
                Happened = true;
            }

            return result;
        }
    }
}
