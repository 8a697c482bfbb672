using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>How connections are made, from the settings.</summary>
internal static class PostgresConnection
{
    /// <summary>The name by which the server knows the connections of a service.</summary>
    public const string ServiceName = "qrai";

    /// <summary>For a service: pooled, and quick to give up.</summary>
    public static string ForService(PostgresAddress address, DatabaseOptions options)
    {
        var timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        return new NpgsqlConnectionStringBuilder(To(address, timeout))
        {
            ApplicationName = ServiceName,
            MinPoolSize = options.PoolSize,
            MaxPoolSize = options.PoolSize + options.MaxOverflow,
            CommandTimeout = timeout,
            // The caller has waited long enough: break the connection rather than wait for the cancellation.
            CancellationTimeout = -1,
            // No statement here leaves anything behind in its session, so there is nothing to reset at every use.
            NoResetOnClose = true,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
        }.ConnectionString;
    }

    /// <summary>For migrations: one that lasts as long as they do, and ends with them.</summary>
    public static string ForMigrations(PostgresAddress address, DatabaseOptions options, TimeSpan longestStatement) =>
        new NpgsqlConnectionStringBuilder(To(address, (int)Math.Ceiling(options.Timeout.TotalSeconds)))
        {
            ApplicationName = "qrai-migrate",
            Pooling = false,
            CommandTimeout = (int)longestStatement.TotalSeconds,
            // A server that is gone without a word is noticed while a long statement is waited for.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
        }.ConnectionString;

    private static string To(PostgresAddress address, int timeout) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Database = address.Database,
            Username = address.User,
            Password = address.Password,
            // Each kind of encryption that is tried has the whole time limit for itself.
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = Enum.Parse<Npgsql.SslMode>(address.SslMode.ToString()),
            Timeout = timeout,
        }.ConnectionString;
}
