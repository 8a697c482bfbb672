using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>A migrated, empty database for one test; disposing it gives it back to be dropped.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly DatabasePool _pool;

    internal TestDatabase(DatabasePool pool, string url)
    {
        (_pool, Url, Name) = (pool, url, PostgresUrl.DatabaseOf(url));
        DataSource = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(PostgresUrl.ToConnectionString(url))
            {
                ApplicationName = "qrai-test",
                MaxPoolSize = 4,
                CommandTimeout = 30,
            }
        );
    }

    /// <summary>Its address, for <c>DATABASE_URL</c>.</summary>
    public string Url { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Connections to it, one of them open already.</summary>
    public NpgsqlDataSource DataSource { get; }

    internal string Holder { get; set; } = "nobody";

    internal long Rented { get; set; }

    internal long Returned { get; set; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await _pool.ReturnAsync(this);
    }

    internal async Task PingAsync(CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }
}
