using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;

namespace QrAi.Application.Behaviours;

/// <summary>Counts questions that break no rule, and stops a caller's next one when there were too many.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="idempotency">The key that the question came with: one that comes again does not count.</param>
/// <param name="limit">How often it may; null where the limit is off.</param>
internal sealed class RateLimiting<TRequest, TResponse>(
    CurrentCaller caller,
    IdempotentRequest idempotency,
    QuestionLimit? limit = null
) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IQuestion
{
    public async Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        if (limit is null || caller.Repeats)
            return await next(cancellationToken);

        if (limit.TryCount(caller.Owner) is { } wait)
            // Whether it comes again is not known of every question yet.
            return await idempotency.FindEarlierAsync(cancellationToken) is null
                ? throw new RateLimitedException(wait)
                : await next(cancellationToken);

        var response = await next(cancellationToken);
        if (caller.Repeats)
            limit.TakeBack(caller.Owner);
        return response;
    }
}
