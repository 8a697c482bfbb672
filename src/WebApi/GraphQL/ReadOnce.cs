using System.Collections.Concurrent;
using MediatR;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Reads once what several fields of an operation ask for, by however many aliases: requests are equal by their values.
/// Scoped to a request.
/// </summary>
internal sealed class ReadOnce(ISender sender)
{
    private readonly ConcurrentDictionary<object, Lazy<Task>> _reads = [];

    /// <summary>What a request returns, which may have been sent before.</summary>
    /// <param name="request">A request that only reads.</param>
    /// <param name="cancellationToken">Stops waiting: the same for all fields.</param>
    public Task<T> SendAsync<T>(IRequest<T> request, CancellationToken cancellationToken) =>
        (Task<T>)_reads.GetOrAdd(request, _ => new Lazy<Task>(() => sender.Send(request, cancellationToken))).Value;

    /// <summary>Forgets everything, since it may be changed now.</summary>
    public void Forget() => _reads.Clear();
}
