using MediatR;
using QrAi.Application.Work;

namespace QrAi.Application.Callers;

/// <summary>Exchanges with the other processes of the service what the limits of callers have counted.</summary>
public sealed record ShareLimits : IRequest;

internal sealed class ShareLimitsHandler(ReplicaLoads loads, IWorkerStore store, Worker worker, WorkOptions work)
    : IRequestHandler<ShareLimits>
{
    public async Task Handle(ShareLimits request, CancellationToken cancellationToken)
    {
        await worker.RegisterAsync(cancellationToken);
        loads.Apply(await store.ExchangeLoadsAsync(worker.Id, loads.Write(), work.Lease, cancellationToken));
    }
}
