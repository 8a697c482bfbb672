using MediatR;
using Microsoft.Extensions.Logging;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>
/// Adds titles and messages to the search index, owner by owner, apart from the questions. While answers are generated, it does
/// little at a time.
/// </summary>
internal sealed class SessionIndexing(
    ISender sender,
    RunningGenerations running,
    DatabaseState database,
    TimeProvider clock,
    ILogger<SessionIndexing> logger
) : PeriodicJob(clock, logger, database)
{
    private const int MaxBatches = 20;

    private string _owner = "";

    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(1);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        var isIdle = false;
        for (var batches = 0; batches < MaxBatches; batches++)
        {
            var next = await sender.Send(new IndexNextSessions(_owner), stoppingToken);
            // After the last owner it begins again, until nobody is left.
            var isEnd = next is null && (isIdle || _owner.Length == 0);
            isIdle = next is null;
            _owner = next ?? "";
            if (isEnd || running.Count > 0)
                break;
        }

        return true;
    }
}
