using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Deletes sessions without activity every ten minutes. A run is limited in time; the next one continues where it has stopped.
/// </summary>
internal sealed class SessionRetention(
    ISender sender,
    RetentionOptions options,
    DatabaseState database,
    TimeProvider clock,
    ILogger<SessionRetention> logger
) : PeriodicJob(clock, logger, database)
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromMinutes(5);

    private string _after = "";

    protected override TimeSpan Period => _after.Length == 0 ? TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(1);

    protected override TimeSpan DueTime { get; } = TimeSpan.FromSeconds(5);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var start = Clock.GetTimestamp();
        var deleted = 0;
        bool hasMore;
        try
        {
            do
            {
                var batch = await sender.Send(new DeleteInactiveSessions(options.Days, _after), stoppingToken);
                deleted += batch.Count;
                (_after, hasMore) = (batch.Next ?? "", batch.Next is not null);
            } while (hasMore && Clock.GetElapsedTime(start) < MaxDuration);
        }
        finally
        {
            if (deleted > 0)
                logger.LogInformation(
                    "Deleted {Count} sessions without activity for {Days} days",
                    deleted,
                    options.Days
                );
        }

        return true;
    }
}
