using System.Security.Cryptography;
using Npgsql;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>How connections are made, from the settings.</summary>
internal static class PostgresConnection
{
    /// <summary>How the names begin by which the server knows the connections of a service.</summary>
    public const string ServicePrefix = "qrai/";

    /// <summary>
    /// The server finds out within a minute about a client that vanished without a word, instead of keeping its connection
    /// and its locks for two hours.
    /// </summary>
    private const string NoticeLostClients =
        "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";

    /// <summary>What the server waits longer than the client, whose own time limit tells more.</summary>
    private const int GraceSeconds = 1;

    /// <summary>For a service: pooled, and quick to give up.</summary>
    public static string ForService(PostgresAddress address, DatabaseOptions options)
    {
        var timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        return new NpgsqlConnectionStringBuilder(To(address, timeout))
        {
            // One for each process: an operator tells replicas apart by it, and they count one another.
            ApplicationName = ServicePrefix + RandomNumberGenerator.GetHexString(8, lowercase: true),
            MinPoolSize = options.PoolSize,
            MaxPoolSize = options.PoolSize + options.MaxOverflow,
            CommandTimeout = timeout,
            // Whatever the client has given up the server gives up too. A transaction whose packets were lost would keep
            // its locks for as long as the network is silent, and no answer of its session could be saved.
            Options =
                $"-c statement_timeout={timeout + GraceSeconds}s "
                + $"-c idle_in_transaction_session_timeout={timeout + GraceSeconds}s {NoticeLostClients}",
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
            // A migration waits for a table only shortly, as callers queue behind it, and is tried again. The server ends
            // what it does for a migrator that was killed, which would keep the lock.
            Options = $"-c lock_timeout=1500ms -c client_connection_check_interval=2s {NoticeLostClients}",
            // A server that is gone without a word is noticed while a long statement is waited for.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
        }.ConnectionString;

    /// <summary>For backups: one for each piece of work, which ends with it and is patient with long statements.</summary>
    public static string ForBackups(PostgresAddress address, DatabaseOptions options, TimeSpan longestStatement) =>
        new NpgsqlConnectionStringBuilder(To(address, (int)Math.Ceiling(options.Timeout.TotalSeconds)))
        {
            ApplicationName = "qrai-backup",
            Pooling = false,
            CommandTimeout = (int)longestStatement.TotalSeconds,
            // The server ends what it does for a backup that was killed, whose locks tell the next one what is left over.
            Options = $"-c client_connection_check_interval=2s {NoticeLostClients}",
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
        }.ConnectionString;

    /// <summary>Has each new connection use the password of that moment; the pool lives on when it changes.</summary>
    public static void UsePasswordOf(this NpgsqlDataSourceBuilder builder, LiveSecrets secrets)
    {
        // Without a password the driver looks for one in its own places.
        if (string.IsNullOrEmpty(builder.ConnectionStringBuilder.Password))
            return;
        builder.ConnectionStringBuilder.Password = null;
        builder.UsePasswordProvider(_ => Password(), (_, _) => ValueTask.FromResult(Password()));

        string Password() => ((PostgresAddress)secrets.Database).Password;
    }

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
