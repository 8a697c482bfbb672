using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Asks a PostgreSQL server what it is, how far away it is, and how many connections it gives.</summary>
internal sealed class PostgresInspector(
    NpgsqlDataSource database,
    PostgresCapacity capacity,
    DatabaseOptions options,
    TimeProvider clock
) : IDatabaseInspector
{
    public async Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var isReadOnly = await AskAsync(connection, "SHOW transaction_read_only", cancellationToken) == "on";
        var start = clock.GetTimestamp();
        await AskAsync(connection, "SELECT ''", cancellationToken);
        var latency = clock.GetElapsedTime(start);

        var count = await PostgresCapacity.CountAsync(connection, cancellationToken);
        var facts = new Dictionary<string, string>
        {
            ["server"] = connection.PostgreSqlVersion.ToString(),
            ["latency"] = string.Create(CultureInfo.InvariantCulture, $"{latency.TotalMilliseconds:0.0} ms"),
            ["pool"] = string.Create(
                CultureInfo.InvariantCulture,
                $"{options.PoolSize + options.MaxOverflow} of {count.Room} connections"
            ),
        };
        // This connection counts as a service's, but it is none; or else it stands for the one that is to be started.
        if (capacity.Describe(count with { Replicas = Math.Max(1, count.Replicas - 1) }) is { } shortage)
            facts["warning"] = shortage;
        return new DatabaseInspection(
            facts,
            isReadOnly ? ("It can only be read, as a standby.", "Name the primary server in DATABASE_URL.") : null
        );
    }

    [SuppressMessage("Security", "CA2100", Justification = "The callers' constants.")]
    private static async Task<string?> AskAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }
}
