using MediatR;
using Microsoft.Extensions.Logging;
using Moq;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Backups;
using static QrAi.Tests.Unit.Infrastructure.Settings.Reading;

namespace QrAi.Tests.Unit.Infrastructure.Backups;

public sealed class BackupScheduleTests
{
    private readonly TestClock _clock = new();
    private readonly ListLog _log = new();
    private readonly List<string> _sent = [];
    private readonly Mock<ISender> _sender = new();
    private readonly StoredBackup _backup = new(Manifests.At(), BackupPlaces.Folder);

    [SetUp]
    public void Succeed()
    {
        Setup(new CreateBackup(), () => _backup);
        Setup(new VerifyBackup(null), () => _backup);
        Setup(new PruneBackups(), () => new PrunedBackups([], 1));
        Setup(new DropFormerDatabases(), () => (IReadOnlyList<string>)["qrai_before_1"]);
    }

    [Test]
    public async Task At_each_time_a_backup_is_created_and_verified_and_expired_ones_are_removed()
    {
        using var schedule = await StartAsync("0 3 * * *");

        await PassUntilAsync(new DateTimeOffset(2026, 11, 24, 2, 50, 0, TimeSpan.Zero));
        _sent.ShouldBeEmpty();
        await PassUntilAsync(new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero));
        await Eventually.Holds(() => _sent.Count == 4);
        _sent.ShouldBe([nameof(CreateBackup), nameof(VerifyBackup), nameof(PruneBackups), nameof(DropFormerDatabases)]);
        await Eventually.Holds(() =>
            _log.Lines.Any(line => line.Message == "Dropped qrai_before_1, which a restore had replaced")
        );

        await PassUntilAsync(new DateTimeOffset(2026, 11, 25, 3, 0, 0, TimeSpan.Zero));
        await Eventually.Holds(() => _sent.Count == 8);
        await schedule.StopAsync(CancellationToken.None).Soon();
    }

    [Test]
    public async Task A_failed_step_is_logged_as_an_error_and_the_other_steps_and_the_next_run_continue()
    {
        var fails = true;
        Setup(
            new CreateBackup(),
            () => fails ? throw new BackupFailedException("The storage can not be reached.") : _backup
        );
        using var schedule = await StartAsync("0 * * * *");

        await PassUntilAsync(TestClock.Noon.AddHours(1));
        await Eventually.Holds(() => _sent.Count == 4);
        var error = _log.Lines.Single(line => line.Level == LogLevel.Error);
        error.Message.ShouldContain("The storage can not be reached.");

        fails = false;
        await PassUntilAsync(TestClock.Noon.AddHours(2));
        await Eventually.Holds(() => _sent.Count == 8);
        _log.Lines.Count(line => line.Level == LogLevel.Error).ShouldBe(1);
        await schedule.StopAsync(CancellationToken.None).Soon();
    }

    [Test]
    public async Task An_unexpected_exception_is_logged_with_its_stack_trace()
    {
        Setup(new VerifyBackup(null), () => throw new FormatException("odd"));
        using var schedule = await StartAsync("0 * * * *");

        await PassUntilAsync(TestClock.Noon.AddHours(1));

        await Eventually.Holds(() => _sent.Count == 4);
        _log.Lines.Single(line => line.Level == LogLevel.Error).Exception.ShouldBeOfType<FormatException>();
        await schedule.StopAsync(CancellationToken.None).Soon();
    }

    [Test]
    public async Task A_former_database_that_cannot_be_dropped_is_an_error_and_the_next_run_continues()
    {
        Setup(new DropFormerDatabases(), () => throw new BackupFailedException("The server is away."));
        using var schedule = await StartAsync("0 * * * *");

        await PassUntilAsync(TestClock.Noon.AddHours(1));
        await Eventually.Holds(() => _sent.Count == 4);
        await PassUntilAsync(TestClock.Noon.AddHours(2));
        await Eventually.Holds(() => _sent.Count == 8);

        _log.Lines.First(line => line.Level == LogLevel.Error)
            .Message.ShouldBe("Former databases not dropped: The server is away.");
        await schedule.StopAsync(CancellationToken.None).Soon();
    }

    private async Task<BackupSchedule> StartAsync(string schedule)
    {
        var job = new BackupSchedule(
            _sender.Object,
            Read(("BACKUP_SCHEDULE", schedule)).Backups,
            _clock,
            new LoggerFactory([_log]).CreateLogger<BackupSchedule>()
        );
        await job.StartAsync(CancellationToken.None);
        return job;
    }

    private async Task PassUntilAsync(DateTimeOffset time)
    {
        while (_clock.GetUtcNow() < time)
            _clock.Advance(await _clock.NextWaitAsync(_ => true).Soon());
    }

    private void Setup<T>(IRequest<T> request, Func<T> result) =>
        _sender
            .Setup(sender => sender.Send(request, It.IsAny<CancellationToken>()))
            .Returns(() =>
            {
                _sent.Add(request.GetType().Name);
                try
                {
                    return Task.FromResult(result());
                }
                catch (Exception exception)
                {
                    return Task.FromException<T>(exception);
                }
            });
}
