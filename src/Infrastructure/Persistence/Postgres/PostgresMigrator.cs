using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Holds an advisory lock of the session: it ends with the connection, however the process ends.</summary>
internal sealed class PostgresMigrator(
    IDbContextFactory<PostgresDbContext> databases,
    DbContextOptions<PostgresDbContext> options,
    DatabaseOptions settings,
    PostgresFaults faults,
    TimeProvider clock,
    ILogger<PostgresMigrator> logger
) : DatabaseMigrator<PostgresDbContext>(databases, options, faults, clock, logger), IAsyncDisposable
{
    // "qrai" in ASCII; any number does that no other program takes in the same database.
    private const long LockKey = 0x71726169;

    private readonly NpgsqlDataSource _connections = NpgsqlDataSource.Create(
        PostgresConnection.ForMigrations((PostgresAddress)settings.Address, settings, LongestStatement)
    );

    protected override void UseOwnConnection(DbContextOptionsBuilder<PostgresDbContext> builder) =>
        builder
            .UseNpgsql(_connections, npgsql => npgsql.ExecutionStrategy(NeverRepeat))
            .AddInterceptors(new OneSession());

    protected override PostgresDbContext Create(DbContextOptions<PostgresDbContext> options) => new(options);

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

    protected override bool IsBlocked(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    /// <summary>The lock is the session's, which ends with its connection: there is no pool to go back to.</summary>
    private sealed class HeldLock(PostgresDbContext database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await database.Database.CloseConnectionAsync();
    }

    /// <summary>
    /// EF Core opens a connection again that has broken, which here would go on without the lock. It also makes waits of
    /// migrations for tables short, so that callers do not queue behind them, and has the server end what it does for a
    /// migrator that is gone, whose lock it would keep.
    /// </summary>
    private sealed class OneSession : DbConnectionInterceptor
    {
        private const string Settings = """
            SET lock_timeout = '1500ms';
            SET tcp_keepalives_idle = 30;
            SET tcp_keepalives_interval = 10;
            SET tcp_keepalives_count = 3;
            SET client_connection_check_interval = '2s';
            """;

        private bool _opened;

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            System.Data.Common.DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default
        ) =>
            _opened
                ? throw new Application.Errors.DatabaseUnavailableException(
                    "The connection that held the lock of the migrations is lost."
                )
                : ValueTask.FromResult(result);

        public override async Task ConnectionOpenedAsync(
            System.Data.Common.DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            _opened = true;
            await using var command = connection.CreateCommand();
            command.CommandText = Settings;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
