using Npgsql;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>A migrated, empty database for one test; disposing it gives it back to be dropped.</summary>
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
        // To ask each new database for its types costs more than to make it, and it has no types of its own.
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        DataSource = builder.Build();
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
