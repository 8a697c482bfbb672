using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Documents;
using QrAi.Application.Work;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Reads the documents that are queued, one after the other, and those whose process died.</summary>
internal sealed class DocumentReading(
    IServiceScopeFactory scopes,
    WorkSignal<Document> added,
    DatabaseState database,
    TimeProvider clock,
    ILogger<DocumentReading> logger
) : PeriodicJob(clock, logger, database)
{
    protected override TimeSpan Period { get; } = TimeSpan.FromSeconds(1);

    protected override Func<CancellationToken, Task> WorkArrives => added.WaitAsync;

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var sender = scope.ServiceProvider.GetRequiredService<ISender>();
        while (await sender.Send(new ReadNextDocument(), stoppingToken)) { }
        return true;
    }
}
