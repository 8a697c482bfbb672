using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>A migrated, empty database for one test; disposing it returns it to the pool, which drops it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly DatabasePool _pool;

    internal TestDatabase(DatabasePool pool, string url)
    {
        (_pool, Url, Name) = (pool, url, PostgresUrl.DatabaseOf(url));
        var builder = new NpgsqlDataSourceBuilder(PostgresUrl.ToConnectionString(url));
        builder.ConnectionStringBuilder.ApplicationName = "qrai-test";
        builder.ConnectionStringBuilder.MaxPoolSize = 4;
        builder.ConnectionStringBuilder.CommandTimeout = 30;
        // Loading the types of a new database takes longer than its creation, and it has no custom types.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        DataSource = builder.Build();
    }

    /// <summary>Its URL, for <c>DATABASE_URL</c>.</summary>
    public string Url { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Connections to it, one of which is already open.</summary>
    public NpgsqlDataSource DataSource { get; }

    internal string Holder { get; set; } = "unknown";

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
