namespace QrAi.Application.Idempotency;

/// <summary>Responds to a repeated request with the outcome of the first one.</summary>
internal interface IReplay<in TRequest, TResponse>
    where TRequest : IIdempotentRequest
{
    /// <summary>Responds to a repeated request.</summary>
    /// <param name="request">The repeated request.</param>
    /// <param name="earlier">The outcome of the first one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<TResponse> ReplayAsync(TRequest request, IdempotencyRecord earlier, CancellationToken cancellationToken);
}

/// <summary>Responds with the stored response: the default for requests that have no <see cref="IReplay{TRequest, TResponse}"/> of their own.</summary>
internal sealed class StoredResponse<TRequest, TResponse> : IReplay<TRequest, TResponse>
    where TRequest : IIdempotentRequest
{
    public Task<TResponse> ReplayAsync(
        TRequest request,
        IdempotencyRecord earlier,
        CancellationToken cancellationToken
    ) => Task.FromResult(earlier.ReadResult<TResponse>()!);
}
