using Microsoft.EntityFrameworkCore;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Holds an advisory lock of the session: it ends with the connection, however the process ends.</summary>
internal sealed class PostgresMigrator(
    IDbContextFactory<PostgresDbContext> databases,
    PostgresFaults faults,
    TimeProvider clock
) : DatabaseMigrator<PostgresDbContext>(databases, faults, clock)
{
    // "qrai" in ASCII; any number does that no other program takes in the same database.
    private const long LockKey = 0x71726169;

    protected override async Task<IAsyncDisposable?> TryLockAsync(
        PostgresDbContext database,
        CancellationToken cancellationToken
    )
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        var taken = await database
            .Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({LockKey}) AS \"Value\"")
            .SingleAsync(cancellationToken);
        return taken ? new HeldLock(database) : null;
    }

    private sealed class HeldLock(PostgresDbContext database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await database.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({LockKey})");
            await database.Database.CloseConnectionAsync();
        }
    }
}
