using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Creates connection strings from the settings.</summary>
internal static class PostgresConnection
{
    /// <summary>The prefix of the application names of services.</summary>
    public const string ServicePrefix = "qrai/";

    /// <summary>
    /// Lets the server detect a lost client within a minute, instead of holding its connection and its locks for two hours.
    /// </summary>
    private const string KeepAliveOptions =
        "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";

    /// <summary>The additional time of the server's limits, as the error of the client's own time limit is more specific.</summary>
    private const int GraceSeconds = 1;

    /// <summary>How long a migration waits for a table before it is retried, as requests queue behind it.</summary>
    public const string LockTimeout = "1500ms";

    /// <summary>Returns the connection string of a service: pooled, with short time limits.</summary>
    public static string ForService(PostgresAddress address, DatabaseOptions options)
    {
        var timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        // Unique for each process: it identifies replicas to operators, and replicas count one another by it.
        var name = ServicePrefix + RandomNumberGenerator.GetHexString(8, lowercase: true);
        var connection = new NpgsqlConnectionStringBuilder(Create(address, options, name))
        {
            MinPoolSize = options.PoolSize,
            MaxPoolSize = options.PoolSize + options.MaxOverflow,
            CommandTimeout = timeout,
            // At the time limit the connection is closed without waiting for a cancellation.
            CancellationTimeout = -1,
            // Statements leave no session state behind, so a reset is not needed.
            NoResetOnClose = true,
        };
        if (options.Pooler == DatabasePooler.Transaction)
            return connection.ConnectionString;

        // Prepared statements belong to a session.
        (connection.MaxAutoPrepare, connection.AutoPrepareMinUsages) = (64, 2);
        // The server cancels what the client has given up. A transaction of a lost connection would otherwise hold its locks,
        // and no answer of the session could be saved.
        return connection.WithOptions(
            $"-c statement_timeout={timeout + GraceSeconds}s "
                + $"-c idle_in_transaction_session_timeout={timeout + GraceSeconds}s {KeepAliveOptions}"
        );
    }

    /// <summary>Returns the connection string for migrations: not pooled, for long statements.</summary>
    public static string ForMigrations(PostgresAddress address, DatabaseOptions options, TimeSpan statementTimeout)
    {
        var connection = ForLongWork(address, options, "qrai-migrate", statementTimeout);
        return options.Pooler == DatabasePooler.Transaction
            ? connection.ConnectionString
            // The server cancels the statement of a killed migrator, which would otherwise hold the lock.
            : connection.WithOptions(
                $"-c lock_timeout={LockTimeout} -c client_connection_check_interval=2s {KeepAliveOptions}"
            );
    }

    /// <summary>Returns the connection string for backups: not pooled, for long statements.</summary>
    public static string ForBackups(PostgresAddress address, DatabaseOptions options, TimeSpan statementTimeout) =>
        // The server cancels the statement of a killed backup; the next one recognizes leftovers by their missing locks.
        ForLongWork(address, options, "qrai-backup", statementTimeout)
            .WithOptions($"-c client_connection_check_interval=2s {KeepAliveOptions}");

    private static NpgsqlConnectionStringBuilder ForLongWork(
        PostgresAddress address,
        DatabaseOptions options,
        string name,
        TimeSpan statementTimeout
    ) =>
        new(Create(address, options, name))
        {
            Pooling = false,
            CommandTimeout = (int)statementTimeout.TotalSeconds,
            // A lost server is detected during a long statement.
            TcpKeepAlive = true,
            TcpKeepAliveTime = 30,
            TcpKeepAliveInterval = 10,
        };

    /// <summary>Adds options to those of the address, which take precedence.</summary>
    private static string WithOptions(this NpgsqlConnectionStringBuilder connection, string options)
    {
        connection.Options = $"{options} {connection.Options}".TrimEnd();
        return connection.ConnectionString;
    }

    /// <summary>Lets each new connection use the current password, so that the pool remains valid when it changes.</summary>
    public static void UsePasswordOf(this NpgsqlDataSourceBuilder builder, SecretProvider secrets)
    {
        // Without a password the driver looks for one itself, such as in a password file.
        if (string.IsNullOrEmpty(builder.ConnectionStringBuilder.Password))
            return;
        builder.ConnectionStringBuilder.Password = null;
        builder.UsePasswordProvider(_ => Password(), (_, _) => ValueTask.FromResult(Password()));

        string Password() => ((PostgresAddress)secrets.Database).Password;
    }

    private static string Create(PostgresAddress address, DatabaseOptions options, string name)
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
            // The driver would apply the time limit to each kind of encryption that it tries.
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = Enum.Parse<Npgsql.SslMode>(address.SslMode.ToString()),
            Timeout = timeout,
        };
        connection.Apply(address.Parameters);
        return connection.ConnectionString;
    }

    /// <summary>
    /// Applies the other parameters of the address. <c>target_session_attrs</c> and <c>load_balance_hosts</c> have no effect with
    /// one host, and the driver always uses UTF-8.
    /// </summary>
    private static void Apply(this NpgsqlConnectionStringBuilder connection, PostgresParameters parameters)
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
        // Without it the driver uses the authorities that the system trusts.
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

    /// <summary>Returns the driver's name of an authentication method.</summary>
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
