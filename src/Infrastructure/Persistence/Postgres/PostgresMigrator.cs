using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Migrates under an advisory lock of the session, which is released with the connection, however the process ends.</summary>
internal sealed class PostgresMigrator(
    IDbContextFactory<PostgresDbContext> databases,
    DbContextOptions<PostgresDbContext> options,
    DatabaseOptions settings,
    SecretProvider secrets,
    IDatabaseInspector inspector,
    PostgresFaults faults,
    TimeProvider clock,
    ILogger<PostgresMigrator> logger
) : DatabaseMigrator<PostgresDbContext>(databases, options, inspector, faults, clock, logger), IAsyncDisposable
{
    // "qrai" in ASCII; any number that no other program uses in the same database.
    private const long LockKey = 0x71726169;

    private const string ReadHistory = "SELECT migration_id FROM \"__EFMigrationsHistory\"";
    private const string HasHistory = "SELECT (to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL)::int";

    private readonly NpgsqlDataSource _connections = Connect(settings, secrets);

    protected override Task<IReadOnlySet<string>> ReadAppliedAsync(
        DbContext database,
        CancellationToken cancellationToken
    ) => AppliedMigrations.ReadAsync(database, HasHistory, ReadHistory, cancellationToken);

    protected override void UseOwnConnection(DbContextOptionsBuilder<PostgresDbContext> builder) =>
        builder
            .UseNpgsql(_connections, npgsql => npgsql.ExecutionStrategy(WithoutRetries))
            .AddInterceptors(IsPooled ? new PooledMigration.LockTimeout() : new SingleSession());

    protected override PostgresDbContext Create(DbContextOptions<PostgresDbContext> options) => new(options);

    private bool IsPooled => settings.Pooler == DatabasePooler.Transaction;

    protected override async Task<IAsyncDisposable?> TryLockAsync(
        PostgresDbContext database,
        CancellationToken cancellationToken
    )
    {
        if (IsPooled)
            return await PooledMigration.TryLockAsync(_connections, LockKey, cancellationToken);
        await database.Database.OpenConnectionAsync(cancellationToken);
        var isAcquired = await database
            .Database.SqlQuery<bool>($"SELECT pg_try_advisory_lock({LockKey}) AS \"Value\"")
            .SingleAsync(cancellationToken);
        return isAcquired ? new SessionLock(database) : null;
    }

    protected override bool IsBlocked(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private static NpgsqlDataSource Connect(DatabaseOptions settings, SecretProvider secrets)
    {
        var builder = new NpgsqlDataSourceBuilder(
            PostgresConnection.ForMigrations((PostgresAddress)settings.Address, settings, MaxStatementTime)
        );
        builder.UsePasswordOf(secrets);
        return builder.Build();
    }

    /// <summary>Releases the lock by closing the connection, which is not pooled.</summary>
    private sealed class SessionLock(PostgresDbContext database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await database.Database.CloseConnectionAsync();
    }

    /// <summary>Prevents EF Core from reopening a broken connection, as migrations would continue without the lock.</summary>
    private sealed class SingleSession : DbConnectionInterceptor
    {
        private bool _opened;

        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default
        )
        {
            if (_opened)
                throw new DatabaseUnavailableException("The connection that held the migration lock was lost.");
            _opened = true;
            return ValueTask.FromResult(result);
        }
    }
}
