using MediatR;
using QrAi.Application.Callers;

namespace QrAi.Application.Behaviours;

/// <summary>Counts questions that break no rule, and stops a caller's next one when there were too many.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="limit">How often it may; null where the limit is off.</param>
internal sealed class RateLimiting<TRequest, TResponse>(CurrentCaller caller, QuestionLimit? limit = null)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IQuestion
{
    public Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        limit?.Count(caller);
        return next(cancellationToken);
    }
}
