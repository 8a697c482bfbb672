using MediatR;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application;
using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Application.Backups;

public sealed class RunBackupScheduleTests
{
    [Test]
    public async Task The_schedule_runs_until_it_is_cancelled()
    {
        var schedule = new EndlessSchedule();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddApplication(null)
            .AddSingleton<TimeProvider>(new TestClock())
            .AddSingleton<IBackupSchedule>(schedule)
            .BuildServiceProvider();
        using var stop = new CancellationTokenSource();

        var running = services.GetRequiredService<ISender>().Send(new RunBackupSchedule(), stop.Token);

        await schedule.Begun.Task.Soon();
        running.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running.Soon());
    }

    private sealed class EndlessSchedule : IBackupSchedule
    {
        public TaskCompletionSource Begun { get; } = new();

        public Task RunAsync(CancellationToken cancellationToken)
        {
            Begun.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }
}
