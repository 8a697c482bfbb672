using System.Globalization;
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

    /// <summary>How long a migration waits for a table, as callers queue behind it; then it is tried again.</summary>
    public const string LongestLock = "1500ms";

    /// <summary>For a service: pooled, and quick to give up.</summary>
    public static string ForService(PostgresAddress address, DatabaseOptions options)
    {
        var timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        // One for each process: an operator tells replicas apart by it, and they count one another.
        var name = ServicePrefix + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var connection = new NpgsqlConnectionStringBuilder(To(address, options, name))
        {
            MinPoolSize = options.PoolSize,
            MaxPoolSize = options.PoolSize + options.MaxOverflow,
            CommandTimeout = timeout,
            // The caller has waited long enough: break the connection rather than wait for the cancellation.
            CancellationTimeout = -1,
            // No statement here leaves anything behind in its session, so there is nothing to reset at every use.
            NoResetOnClose = true,
        };
        if (options.Pooler == DatabasePooler.Transaction)
            return connection.ConnectionString;

        // What is prepared belongs to a session.
        (connection.MaxAutoPrepare, connection.AutoPrepareMinUsages) = (64, 2);
        // Whatever the client has given up the server gives up too. A transaction whose packets were lost would keep
        // its locks for as long as the network is silent, and no answer of its session could be saved.
        return connection.WithOptions(
            $"-c statement_timeout={timeout + GraceSeconds}s "
                + $"-c idle_in_transaction_session_timeout={timeout + GraceSeconds}s {NoticeLostClients}"
        );
    }

    /// <summary>For migrations: one that lasts as long as they do, and ends with them.</summary>
    public static string ForMigrations(PostgresAddress address, DatabaseOptions options, TimeSpan longestStatement)
    {
        var connection = ForLongWork(address, options, "qrai-migrate", longestStatement);
        return options.Pooler == DatabasePooler.Transaction
            ? connection.ConnectionString
            // The server ends what it does for a migrator that was killed, which would keep the lock.
            : connection.WithOptions(
                $"-c lock_timeout={LongestLock} -c client_connection_check_interval=2s {NoticeLostClients}"
            );
    }

    /// <summary>For backups: one for each piece of work, which ends with it and is patient with long statements.</summary>
    public static string ForBackups(PostgresAddress address, DatabaseOptions options, TimeSpan longestStatement) =>
        // The server ends what it does for a backup that was killed, whose locks tell the next one what is left over.
        ForLongWork(address, options, "qrai-backup", longestStatement)
            .WithOptions($"-c client_connection_check_interval=2s {NoticeLostClients}");

    private static NpgsqlConnectionStringBuilder ForLongWork(
        PostgresAddress address,
        DatabaseOptions options,
        string name,
        TimeSpan longestStatement
    ) =>
        new(To(address, options, name))
        {
            Pooling = false,
            CommandTimeout = (int)longestStatement.TotalSeconds,
            // A server that is gone without a word is noticed while a long statement is waited for.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
        };

    /// <summary>Adds options to those of the address, which count where both set the same.</summary>
    private static string WithOptions(this NpgsqlConnectionStringBuilder connection, string options)
    {
        connection.Options = $"{options} {connection.Options}".TrimEnd();
        return connection.ConnectionString;
    }

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

    private static string To(PostgresAddress address, DatabaseOptions options, string name)
    {
        var timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Database = address.Database,
            Username = address.User,
            Password = address.Password,
            ApplicationName = name,
            // Each kind of encryption that is tried has the whole time limit for itself.
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = Enum.Parse<Npgsql.SslMode>(address.SslMode.ToString()),
            Timeout = timeout,
        };
        connection.Take(address.Parameters);
        return connection.ConnectionString;
    }

    /// <summary>
    /// Takes over what else the address says. With one host there is nothing to choose by <c>target_session_attrs</c> and
    /// <c>load_balance_hosts</c>; the driver speaks UTF-8 by itself.
    /// </summary>
    private static void Take(this NpgsqlConnectionStringBuilder connection, PostgresParameters parameters)
    {
        if (parameters["application_name"] is { } name)
            connection.ApplicationName += $" {name}";
        if (parameters["channel_binding"] is { } binding)
            connection.ChannelBinding = Enum.Parse<ChannelBinding>(binding, ignoreCase: true);
        if (Number("connect_timeout") is > 0 and var seconds && seconds < connection.Timeout)
            connection.Timeout = seconds;
        if (parameters["gssencmode"] is { } encryption)
            connection.GssEncryptionMode = Enum.Parse<GssEncryptionMode>(encryption, ignoreCase: true);
        if (parameters["keepalives"] is { } keepAlive)
            connection.TcpKeepAlive = keepAlive == "1";
        if (Number("keepalives_idle") is > 0 and var idle)
            connection.TcpKeepAliveTime = idle;
        if (Number("keepalives_interval") is > 0 and var interval)
            connection.TcpKeepAliveInterval = interval;
        if (parameters["sslnegotiation"] is { } negotiation)
            connection.SslNegotiation = Enum.Parse<SslNegotiation>(negotiation, ignoreCase: true);
        // The system's own authorities are those that count without it.
        if (parameters["sslrootcert"] is { } root && root != PostgresParameters.SystemAuthorities)
            connection.RootCertificate = root;
        connection.KerberosServiceName = parameters["krbsrvname"] ?? connection.KerberosServiceName;
        connection.Options = parameters["options"];
        connection.Passfile = parameters["passfile"];
        connection.RequireAuth = parameters["require_auth"] is { } methods
            ? string.Join(',', methods.Split(',').Select(ToMethod))
            : null;
        connection.SslCertificate = parameters["sslcert"];
        connection.SslKey = parameters["sslkey"];
        connection.SslPassword = parameters["sslpassword"];

        int? Number(string parameter) =>
            parameters[parameter] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The driver's name for a method to authenticate.</summary>
    private static string ToMethod(string name) =>
        name.StartsWith('!')
            ? $"!{ToMethod(name[1..])}"
            : name switch
            {
                "password" => "Password",
                "scram-sha-256" => "ScramSHA256",
                "none" => "None",
                _ => name.ToUpperInvariant(), // MD5, GSS, SSPI
            };
}
