using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;

namespace QrAi.Application.Behaviours;

/// <summary>
/// Runs a request once for each idempotency key. A handler saves the record of the key in the transaction of its work. The
/// unique index of the database decides which of several concurrent requests is the first.
/// </summary>
internal sealed class Idempotency<TRequest, TResponse>(
    CurrentCaller caller,
    KeyedLock<(string Owner, IdempotencyKey Key)> locks,
    IdempotencyRecords records,
    IReplay<TRequest, TResponse> replay
) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IIdempotentRequest
{
    public async Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        if (request.IdempotencyKey is not { } key)
            return await next(cancellationToken);

        // Of fifty concurrent requests one runs, and forty-nine read its outcome. The lock is that of a request, not of the
        // key alone: different requests with the same key are rejected without waiting.
        using var held =
            await locks.TryAcquireAsync((caller.Owner, key), cancellationToken)
            ?? throw new IdempotencyInProgressException();
        var lookup = held.HasWaited ? await records.FindAsync(caller.Owner, key, cancellationToken) : default;
        if (lookup.Earlier is null)
            try
            {
                return await next(cancellationToken);
            }
            catch (Exception exception)
                when (exception is not (OperationCanceledException or DatabaseUnavailableException))
            {
                // A request may fail because it was done before: the session is busy with the same question, or is deleted
                // already. A look-up after the failure saves one before each first request.
                lookup = await records.FindAsync(caller.Owner, key, cancellationToken);
                if (lookup is { Earlier: null, WasExpired: false })
                    throw;
            }

        if (lookup.Earlier is null)
            return await next(cancellationToken);
        held.Dispose();
        return await replay.ReplayAsync(request, lookup.Earlier, cancellationToken);
    }
}
