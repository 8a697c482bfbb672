using GraphQL.DataLoader;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Loads the values of several fields in one batch: the executer awaits the first result after it has visited every
/// field of a level. A value is loaded once. Scoped to a request.
/// </summary>
/// <param name="fetch">Fetches the values of keys; a key without a value is omitted.</param>
internal sealed class BatchLoader<TKey, TValue>(
    Func<IReadOnlyCollection<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, TValue>>> fetch
)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Result> _cache = [];
    private Batch? _open;

    /// <summary>Loads the value of a key, in a batch with other keys; null if it has none.</summary>
    public IDataLoaderResult<TValue?> Load(TKey key)
    {
        lock (_gate)
        {
            if (_cache.TryGetValue(key, out var cached))
                return cached;
            _open ??= new Batch(this);
            _open.Keys.Add(key);
            return _cache[key] = new Result(_open, key);
        }
    }

    /// <summary>Clears the cache before a mutation.</summary>
    public void Forget()
    {
        lock (_gate)
            _cache.Clear();
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
                    loader._open = null; // later keys belong to the next batch
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
