using QrAi.Application.Work;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Stores the workers in SQLite: the service, and verbs that run concurrently.</summary>
internal sealed class SqliteWorkerStore(SqliteStatements database) : IWorkerStore
{
    /// <summary>Selects the workers whose lease <c>@lease</c>, in ticks, has not expired.</summary>
    public const string AliveWorkers = $"SELECT id FROM workers WHERE heartbeat_at > {SqliteStatements.Now} - @lease";

    private const string Beat = $"""
        INSERT INTO workers (id, name, started_at, heartbeat_at)
        VALUES (@id, @name, {SqliteStatements.Now}, {SqliteStatements.Now})
        ON CONFLICT (id) DO UPDATE SET heartbeat_at = {SqliteStatements.Now}
        """;

    private const string IsAlive = $"SELECT EXISTS ({AliveWorkers} AND id = @id)";
    private const string HasOther = $"SELECT EXISTS ({AliveWorkers} AND id <> @id)";
    private const string Dead = $"FROM workers WHERE heartbeat_at <= {SqliteStatements.Now} - @lease";
    private const string RemoveReservations = $"""
        DELETE FROM reservations WHERE worker_id IN (SELECT id {Dead})
          AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.id = reservations.id AND status = 'generating')
        """;
    private const string RemoveDead = $"DELETE {Dead}";
    private const string PublishLoad = "UPDATE workers SET load = @load WHERE id = @id";
    private const string ReadLoads =
        $"SELECT id, load FROM workers WHERE id IN ({AliveWorkers}) AND id <> @id AND load <> ''";
    private const string Remove = "DELETE FROM workers WHERE id = @id";

    public Task SendHeartbeatAsync(Guid id, string name, CancellationToken cancellationToken) =>
        database.WriteAsync(write => Task.FromResult(write.Execute(Beat, ("@id", id), ("@name", name))));

    public Task<bool> IsAliveAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        ExistsAsync(IsAlive, id, lease);

    public Task<bool> HasOtherAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
        ExistsAsync(HasOther, id, lease);

    public Task RemoveDeadAsync(TimeSpan lease, CancellationToken cancellationToken) =>
        database.WriteAsync(write =>
        {
            write.Execute(RemoveReservations, ("@lease", lease.Ticks));
            return Task.FromResult(write.Execute(RemoveDead, ("@lease", lease.Ticks)));
        });

    public async Task<IReadOnlyList<WorkerLoad>> ExchangeLoadsAsync(
        Guid id,
        string? load,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        if (load is not null)
            await database.WriteAsync(write =>
                Task.FromResult(write.Execute(PublishLoad, ("@load", load), ("@id", id)))
            );
        return await database.QueryAsync<IReadOnlyList<WorkerLoad>>(
            ReadLoads,
            static async rows =>
            {
                var loads = new List<WorkerLoad>();
                while (await rows.ReadAsync())
                    loads.Add(new WorkerLoad(rows.GetGuid(0), rows.GetString(1)));
                return loads;
            },
            ("@lease", lease.Ticks),
            ("@id", id)
        );
    }

    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        database.WriteAsync(write => Task.FromResult(write.Execute(Remove, ("@id", id))));

    private Task<bool> ExistsAsync(string sql, Guid id, TimeSpan lease) =>
        database.QueryAsync(
            sql,
            static async rows => await rows.ReadAsync() && rows.GetBoolean(0),
            ("@lease", lease.Ticks),
            ("@id", id)
        );
}
