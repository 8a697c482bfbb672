using MediatR;
using QrAi.Application.Idempotency;

namespace QrAi.Tests.Unit.Support;

/// <summary>Sends requests with an idempotency key, as endpoints do.</summary>
internal sealed class KeySender(ISender sender, IdempotencyKey key) : ISender
{
    public Task<TResponse> Send<TResponse>(
        IRequest<TResponse> request,
        CancellationToken cancellationToken = default
    ) => sender.Send(WithKey(request), cancellationToken);

    public Task Send<TRequest>(TRequest request, CancellationToken cancellationToken = default)
        where TRequest : IRequest => sender.Send(WithKey(request), cancellationToken);

    public Task<object?> Send(object request, CancellationToken cancellationToken = default) =>
        sender.Send(WithKey(request), cancellationToken);

    public IAsyncEnumerable<TResponse> CreateStream<TResponse>(
        IStreamRequest<TResponse> request,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public IAsyncEnumerable<object?> CreateStream(object request, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    private T WithKey<T>(T request)
        where T : notnull
    {
        // Requests are immutable, but only the test uses this instance.
        request.GetType().GetProperty(nameof(IIdempotentRequest.IdempotencyKey))!.SetValue(request, key);
        return request;
    }
}
