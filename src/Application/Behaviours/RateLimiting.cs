using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;

namespace QrAi.Application.Behaviours;

/// <summary>Limits the rate of questions of a caller. Invalid and repeated questions do not count.</summary>
/// <param name="caller">The caller.</param>
/// <param name="limit">The limit; null if it is off.</param>
internal sealed class RateLimiting<TRequest, TResponse>(CurrentCaller caller, QuestionLimit? limit = null)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IQuestion
{
    public async Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        if (limit is null)
            return await next(cancellationToken);
        if (limit.TryCount(caller.Owner) is { } wait)
            throw new RateLimitedException(wait);

        try
        {
            return await next(cancellationToken);
        }
        catch (IdempotencyInProgressException)
        {
            limit.GiveBack(caller.Owner);
            throw;
        }
    }
}
