namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>A file has no limit of connections.</summary>
internal sealed class SqliteCapacity : IDatabaseCapacity
{
    public Task<string?> FindShortageAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
