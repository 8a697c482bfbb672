using MediatR;
using QrAi.Application.Idempotency;

namespace QrAi.Application.Behaviours;

/// <summary>Finds out whether a request came before with its idempotency key.</summary>
/// <param name="idempotency">The key.</param>
internal sealed class Recognition<TRequest, TResponse>(IdempotentRequest idempotency)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRepeatable
{
    public async Task<TResponse> Handle(
        TRequest request,
        RequestHandlerDelegate<TResponse> next,
        CancellationToken cancellationToken
    )
    {
        if (!idempotency.IsRecognized)
            await idempotency.RecognizeAsync(cancellationToken);
        return await next(cancellationToken);
    }
}
