using System.Globalization;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>
/// Counts the replicas by the names of their connections, which each process has for itself, and takes their pools to be
/// as large as this one's.
/// </summary>
internal sealed class PostgresCapacity(NpgsqlDataSource database, DatabaseOptions options) : IDatabaseCapacity
{
    // The least of what the server, the database and the user are limited to; -1 is no limit. Sessions of other users
    // show no name, and count as somebody else's.
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
        // Behind a pooler nobody's connections are the server's.
        if (options.Pooler == DatabasePooler.Transaction)
            return null;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return Describe(await CountAsync(connection, cancellationToken));
    }

    /// <summary>Counts the connections of the server that somebody has or may have.</summary>
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

    /// <summary>What is missing; null where there is room.</summary>
    public string? Describe(ConnectionCount count) => Describe(count.Room, count.Others, count.Replicas, options);

    /// <summary>What is missing; null where there is room.</summary>
    /// <param name="room">How many connections there may be.</param>
    /// <param name="others">How many somebody else has.</param>
    /// <param name="replicas">How many services there are, this one included.</param>
    /// <param name="options">How many each may take.</param>
    internal static string? Describe(int room, long others, long replicas, DatabaseOptions options)
    {
        var each = options.PoolSize + options.MaxOverflow;
        return others + (replicas * each) <= room
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{replicas} replicas may take {each} connections each, and others have {others}, but the server gives "
                    + $"{room}: lower DATABASE_POOL_SIZE or DATABASE_MAX_OVERFLOW, or raise max_connections."
            );
    }
}

/// <summary>How many connections a server gives, and to whom.</summary>
/// <param name="Room">How many there may be.</param>
/// <param name="Others">How many somebody else has.</param>
/// <param name="Replicas">How many services there are, this one included.</param>
internal sealed record ConnectionCount(int Room, long Others, long Replicas);
