using Npgsql;
using QrAi.Application.Sessions;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>What is to be indexed, in PostgreSQL.</summary>
internal sealed class PostgresSessionIndexStore(PostgresStatements database) : ISessionIndexStore
{
    // Version 7 UUIDs: the first worker is the oldest one.
    private const string FindOwner = $"""
        SELECT owner FROM sessions
        WHERE indexed_at <> updated_at AND owner > $3
            AND NOT EXISTS (SELECT FROM messages WHERE session_id = sessions.id AND status = 'generating')
            AND $2 = ({PostgresWorkerStore.AliveWorkers} ORDER BY id LIMIT 1)
        ORDER BY owner LIMIT 1
        """;

    private const string Reserve = """
        INSERT INTO counters (name, value) VALUES ('index_ranges', $1)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + $1
        RETURNING value
        """;

    public Task<string?> FindOwnerAsync(
        string after,
        Guid workerId,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync(
            FindOwner,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = workerId });
                parameters.Add(new NpgsqlParameter<string> { TypedValue = after });
            },
            static async (rows, stop) => await rows.ReadAsync(stop) ? rows.GetString(0) : null,
            cancellationToken
        );

    public async Task<long> ReserveRangesAsync(int count, CancellationToken cancellationToken) =>
        await database.QueryAsync(
            Reserve,
            parameters => parameters.Add(new NpgsqlParameter<long> { TypedValue = count }),
            static async (rows, stop) =>
            {
                await rows.ReadAsync(stop);
                return rows.GetInt64(0);
            },
            cancellationToken
        )
        - count
        + 1;
}
