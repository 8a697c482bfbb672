using Npgsql;
using QrAi.Application.Work;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Stores the workers in PostgreSQL.</summary>
internal sealed class PostgresWorkerStore(PostgresStatements database, PostgresClock clock) : IWorkerStore
{
    /// <summary>Selects the workers whose lease <c>$1</c> has not expired.</summary>
    public const string AliveWorkers = "SELECT id FROM workers WHERE heartbeat_at > clock_timestamp() - $1";

    private const string Beat = """
        INSERT INTO workers (id, name, started_at, heartbeat_at)
        VALUES ($1, $2, clock_timestamp(), clock_timestamp())
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = clock_timestamp()
        RETURNING heartbeat_at
        """;

    private const string IsAlive = $"SELECT EXISTS ({AliveWorkers} AND id = $2)";
    private const string HasOther = $"SELECT EXISTS ({AliveWorkers} AND id <> $2)";
    private const string RemoveDead = """
        WITH dead AS (DELETE FROM workers WHERE heartbeat_at <= clock_timestamp() - $1 RETURNING id)
        DELETE FROM reservations WHERE worker_id IN (SELECT id FROM dead)
          AND NOT EXISTS (SELECT FROM messages WHERE messages.id = reservations.id AND status = 'generating')
        """;

    private const string ExchangeLoads = """
        WITH published AS (UPDATE workers SET load = $3 WHERE id = $2 AND $3 IS NOT NULL)
        SELECT id, load FROM workers WHERE heartbeat_at > clock_timestamp() - $1 AND id <> $2 AND load <> ''
        """;

    private const string Remove = "DELETE FROM workers WHERE id = $1";

    public async Task SendHeartbeatAsync(Guid id, string name, CancellationToken cancellationToken) =>
        clock.Set(
            await database.QueryAsync(
                Beat,
                parameters =>
                {
                    parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
                    parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
                },
                static async (rows, stop) =>
                {
                    await rows.ReadAsync(stop);
                    return new DateTimeOffset(rows.GetDateTime(0));
                },
                cancellationToken
            )
        );

    public Task<bool> IsAliveAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        ExistsAsync(IsAlive, id, lease, cancellationToken);

    public Task<bool> HasOtherAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        ExistsAsync(HasOther, id, lease, cancellationToken);

    public Task RemoveDeadAsync(TimeSpan lease, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            RemoveDead,
            parameters => parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease }),
            cancellationToken
        );

    public Task<IReadOnlyList<WorkerLoad>> ExchangeLoadsAsync(
        Guid id,
        string? load,
        TimeSpan lease,
        CancellationToken cancellationToken
    ) =>
        database.QueryAsync<IReadOnlyList<WorkerLoad>>(
            ExchangeLoads,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
                parameters.AddText(load);
            },
            static async (rows, stop) =>
            {
                var loads = new List<WorkerLoad>();
                while (await rows.ReadAsync(stop))
                    loads.Add(new WorkerLoad(rows.GetGuid(0), rows.GetString(1)));
                return loads;
            },
            cancellationToken
        );

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            Remove,
            parameters => parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id }),
            cancellationToken
        );

    private Task<bool> ExistsAsync(string sql, Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        database.QueryAsync(
            sql,
            parameters =>
            {
                parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
                parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
            },
            static async (rows, stop) =>
            {
                await rows.ReadAsync(stop);
                return rows.GetBoolean(0);
            },
            cancellationToken
        );
}
