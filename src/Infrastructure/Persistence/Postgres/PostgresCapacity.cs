using System.Globalization;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>
/// Counts the replicas by the application names of their connections, which are unique for each process, and assumes that their
/// pools are as large as this one's.
/// </summary>
internal sealed class PostgresCapacity(NpgsqlDataSource database, DatabaseOptions options) : IDatabaseCapacity
{
    // The lowest limit of the server, the database and the user; -1 is no limit. Sessions of other users show no name, and count
    // as other clients.
    private const string Count = $"""
        SELECT
          least(
            current_setting('max_connections')::integer
              - current_setting('superuser_reserved_connections')::integer
              - coalesce(current_setting('reserved_connections', true), '0')::integer,
            (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
            (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)
          ),
          count(*) FILTER (WHERE datid IS NOT NULL AND application_name NOT LIKE '{PostgresConnection.ServicePrefix}%'),
          count(DISTINCT application_name) FILTER (WHERE application_name LIKE '{PostgresConnection.ServicePrefix}%')
        FROM (SELECT datid, coalesce(application_name, '') AS application_name FROM pg_stat_activity) AS sessions
        """;

    public async Task<string?> FindShortageAsync(CancellationToken cancellationToken)
    {
        // Connections to a pooler are not connections to the server.
        if (options.Pooler == DatabasePooler.Transaction)
            return null;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return Describe(await CountAsync(connection, cancellationToken));
    }

    /// <summary>Counts the connections that the server allows, and those in use.</summary>
    public static async Task<ConnectionCount> CountAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Count, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ConnectionCount(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>Describes the shortage; null if there is none.</summary>
    public string? Describe(ConnectionCount count) => Describe(count.Limit, count.Others, count.Replicas, options);

    /// <summary>Describes the shortage; null if there is none.</summary>
    /// <param name="limit">The number of connections that the server allows.</param>
    /// <param name="others">The number of connections of other clients.</param>
    /// <param name="replicas">The number of services, including this one.</param>
    /// <param name="options">The pool size of each service.</param>
    internal static string? Describe(int limit, long others, long replicas, DatabaseOptions options)
    {
        var each = options.PoolSize + options.MaxOverflow;
        return others + (replicas * each) <= limit
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{replicas} replicas may use {each} connections each, and other clients use {others}, but the server "
                    + $"allows {limit}: lower DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or raise max_connections."
            );
    }
}

/// <summary>The connections of a server.</summary>
/// <param name="Limit">The number of connections that the server allows.</param>
/// <param name="Others">The number of connections of other clients.</param>
/// <param name="Replicas">The number of services, including this one.</param>
internal sealed record ConnectionCount(int Limit, long Others, long Replicas);
