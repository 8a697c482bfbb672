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

    public Task<long> ReserveRangesAsync(int count, CancellationToken cancellationToken) =>
        database.ReserveAsync(CounterRow.IndexRanges, count, cancellationToken);
}
