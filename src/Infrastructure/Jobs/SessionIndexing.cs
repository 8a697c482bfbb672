using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Adds titles and messages to the search index, owner by owner, apart from the questions. While answers are generated, it adds
/// one batch a second.
/// </summary>
internal sealed class SessionIndexing(
    ISender sender,
    RunningGenerations running,
    DatabaseState database,
    TimeProvider clock,
    ILogger<SessionIndexing> logger
) : PeriodicJob(clock, logger, database)
{
    private string _owner = "";

    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(1);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var hasIndexed = false;
        do
        {
            var next = await sender.Send(new IndexNextSessions(_owner), stoppingToken);
            _owner = next?.Owner ?? "";
            // After the last owner it begins again, until a round indexes nothing.
            if (next is null && !hasIndexed)
                return true;
            hasIndexed = next is not null && (hasIndexed || next.HasIndexed);
        } while (running.Count == 0);

        return true;
    }
}
