using MediatR;

namespace QrAi.Application.Usage;

/// <summary>Adds the calls of providers that are not rolled up yet to the sums of their days.</summary>
/// <returns>The number of calls.</returns>
public sealed record RollUpUsage : IRequest<int>;

internal sealed class RollUpUsageHandler(IUsageStore store) : IRequestHandler<RollUpUsage, int>
{
    /// <summary>The number of calls of a transaction, which bounds the duration of its locks.</summary>
    private const int Batch = 1_000;

    public async Task<int> Handle(RollUpUsage request, CancellationToken cancellationToken)
    {
        var total = 0;
        int batch;
        do
        {
            batch = await store.RollUpAsync(Batch, cancellationToken);
            total += batch;
        } while (batch == Batch);
        return total;
    }
}
