using System.Collections.Concurrent;
using MediatR;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Caches results of queries, so that fields or aliases with equal arguments send one query. Scoped to a request.
/// </summary>
internal sealed class ReadOnce(ISender sender)
{
    private readonly ConcurrentDictionary<object, Lazy<Task>> _reads = [];

    /// <summary>Sends a query, or returns the result of an equal one.</summary>
    /// <param name="request">The query.</param>
    /// <param name="cancellationToken">Cancels the query; the same token for all fields.</param>
    public Task<T> SendAsync<T>(IRequest<T> request, CancellationToken cancellationToken) =>
        (Task<T>)_reads.GetOrAdd(request, _ => new Lazy<Task>(() => sender.Send(request, cancellationToken))).Value;

    /// <summary>Clears the cache before a mutation.</summary>
    public void Forget() => _reads.Clear();
}
