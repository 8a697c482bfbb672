using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Makes, verifies and prunes backups whenever it is time, until it is told to stop.</summary>
public sealed record RunBackupSchedule : IRequest;

internal sealed class RunBackupScheduleHandler(IBackupSchedule schedule) : IRequestHandler<RunBackupSchedule>
{
    public Task Handle(RunBackupSchedule request, CancellationToken cancellationToken) =>
        schedule.RunAsync(cancellationToken);
}

/// <summary>Knows when it is time.</summary>
public interface IBackupSchedule
{
    /// <summary>Runs until it is cancelled; a run that fails is logged, and the next one comes in its time.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    Task RunAsync(CancellationToken cancellationToken);
}
