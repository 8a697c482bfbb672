using MediatR;
using Microsoft.Extensions.Logging;
using Moq;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Settings;

namespace QrAi.Tests.Unit.Infrastructure.Jobs;

public sealed class SessionRetentionTests
{
    private readonly TestClock _clock = new();
    private readonly List<DeleteInactiveSessions> _sent = [];
    private readonly ListLog _log = new();

    [TearDown]
    public void DisposeLog() => _log.Dispose();

    [Test]
    public async Task A_run_continues_until_there_are_no_more_and_logs_the_sum_once()
    {
        using var job = await StartAsync(
            () => new(100, ""),
            () => new(7, "alice"),
            () => new(0, "bob"),
            () => new(3, null)
        );

        await _clock.PassAsync(TimeSpan.FromSeconds(5)).Soon();

        await _clock.PassAsync(TimeSpan.FromMinutes(10)).Soon();
        _sent.Take(4).Select(one => (one.Days, one.After)).ShouldBe([(30, ""), (30, ""), (30, "alice"), (30, "bob")]);
        _log.Lines.Select(line => line.Message).ShouldBe(["Deleted 110 sessions without activity for 30 days"]);
    }

    [Test]
    public async Task A_run_that_takes_too_long_is_continued_after_a_minute()
    {
        using var job = await StartAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMinutes(5));
            return new(100, "alice");
        });

        await _clock.PassAsync(TimeSpan.FromSeconds(5)).Soon();
        await _clock.PassAsync(TimeSpan.FromMinutes(1)).Soon();

        await _clock.NextWaitAsync(wait => wait == TimeSpan.FromMinutes(10)).Soon();
        _sent.Select(one => one.After).ShouldBe(["", "alice"]);
    }

    [Test]
    public async Task What_was_deleted_before_an_outage_is_logged()
    {
        using var job = await StartAsync(
            () => new(100, "alice"),
            () => throw new DatabaseUnavailableException("The database is away.")
        );

        await _clock.PassAsync(TimeSpan.FromSeconds(5)).Soon();
        await _clock.PassAsync(TimeSpan.FromMinutes(1)).Soon();

        await _clock.NextWaitAsync(wait => wait == TimeSpan.FromMinutes(10)).Soon();
        _sent.Select(one => one.After).ShouldBe(["", "alice", "alice"]);
        _log.Lines.Select(line => line.Message).ShouldContain("Deleted 100 sessions without activity for 30 days");
    }

    /// <summary>Starts the job; after the given results there is nothing more to delete.</summary>
    private async Task<SessionRetention> StartAsync(params Func<DeletedSessions>[] results)
    {
        var left = new Queue<Func<DeletedSessions>>(results);
        var sender = new Mock<ISender>();
        sender
            .Setup(one => one.Send(It.IsAny<DeleteInactiveSessions>(), It.IsAny<CancellationToken>()))
            .Returns(
                async (IRequest<DeletedSessions> request, CancellationToken _) =>
                {
                    await Task.Yield();
                    _sent.Add((DeleteInactiveSessions)request);
                    return left.TryDequeue(out var result) ? result() : new DeletedSessions(0, null);
                }
            );
        var database = new DatabaseState();
        database.Open();
        var job = new SessionRetention(
            sender.Object,
            new RetentionOptions { Days = 30 },
            database,
            _clock,
            new LoggerFactory([_log]).CreateLogger<SessionRetention>()
        );
        await job.StartAsync(CancellationToken.None);
        return job;
    }
}
