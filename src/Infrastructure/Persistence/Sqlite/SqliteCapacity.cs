namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Never finds a shortage, as a file has no connection limit.</summary>
internal sealed class SqliteCapacity : IDatabaseCapacity
{
    public Task<string?> FindShortageAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
