using Npgsql;

namespace QrAi.Harness;

/// <summary>The PostgreSQL server that the script started.</summary>
/// <param name="Host">Its address and port.</param>
/// <param name="Password">The password of its user postgres.</param>
internal sealed record Postgres(string Host, string Password)
{
    /// <summary>The maintenance database of every server.</summary>
    public const string Maintenance = "postgres";

    private const string User = "postgres";

    /// <summary>The connection URL of a database, for QrAi.</summary>
    public string Url(string database) => $"postgresql://{User}:{Password}@{Host}/{database}";

    /// <summary>The connection string of a database, for Npgsql.</summary>
    public string Connection(string database, int minPoolSize, int maxPoolSize)
    {
        var host = Host.Split(':');
        return new NpgsqlConnectionStringBuilder
        {
            Host = host[0],
            Port = Text.Number(host[1]),
            Username = User,
            Password = Password,
            Database = database,
            MinPoolSize = minPoolSize,
            MaxPoolSize = maxPoolSize,
            MaxAutoPrepare = 20,
            Timeout = 30,
        }.ConnectionString;
    }

    /// <summary>Opens a database.</summary>
    public NpgsqlDataSource Open(string database, int maxPoolSize = 1) =>
        NpgsqlDataSource.Create(Connection(database, 0, maxPoolSize));

    /// <summary>Creates an empty database.</summary>
    public async Task Create(string database, CancellationToken cancellation)
    {
        await using var maintenance = Open(Maintenance);
        await using var create = maintenance.CreateCommand($"CREATE DATABASE \"{database}\"");
        await create.ExecuteNonQueryAsync(cancellation);
    }
}
