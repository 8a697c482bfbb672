using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;

namespace QrAi.Application.Behaviours;

/// <summary>Limits how often a caller may ask. Questions that are not valid do not count, nor do repeated ones.</summary>
/// <param name="caller">Who asks.</param>
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
