using GraphQL.DataLoader;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Loads many values at once for fields that each want one: the executer asks for the first result only when it has seen
/// every field of a level. A value is loaded once. Scoped to a request.
/// </summary>
/// <param name="fetch">Fetches the values of keys; a key that has none is left out.</param>
internal sealed class BatchLoader<TKey, TValue>(
    Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch
)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Result> _known = [];
    private Batch? _open;

    /// <summary>The value of a key, null if it has none, with those of all keys that are asked for meanwhile.</summary>
    public IDataLoaderResult<TValue?> Load(TKey key)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var known))
                return known;
            _open ??= new Batch(this);
            _open.Keys.Add(key);
            return _known[key] = new Result(_open, key);
        }
    }

    /// <summary>Forgets everything, since it may be changed now.</summary>
    public void Forget()
    {
        lock (_gate)
            _known.Clear();
    }

    private sealed class Batch(BatchLoader<TKey, TValue> loader)
    {
        private Task<IReadOnlyDictionary<TKey, TValue>>? _values;

        public HashSet<TKey> Keys { get; } = [];

        public Task<IReadOnlyDictionary<TKey, TValue>> FetchAsync(CancellationToken cancellationToken)
        {
            lock (loader._gate)
            {
                if (loader._open == this)
                    loader._open = null; // who comes later is of the next batch
                return _values ??= loader.Fetch(Keys, cancellationToken);
            }
        }
    }

    private Task<IReadOnlyDictionary<TKey, TValue>> Fetch(
        IReadOnlyCollection<TKey> keys,
        CancellationToken cancellationToken
    ) => Task.Run(() => fetch(keys, cancellationToken), cancellationToken);

    private sealed class Result(Batch batch, TKey key) : IDataLoaderResult<TValue?>
    {
        public async Task<TValue?> GetResultAsync(CancellationToken cancellationToken = default) =>
            (await batch.FetchAsync(cancellationToken)).GetValueOrDefault(key);

        async Task<object?> IDataLoaderResult.GetResultAsync(CancellationToken cancellationToken) =>
            await GetResultAsync(cancellationToken);
    }
}
