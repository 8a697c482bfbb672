using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Migrates under a file lock, which the operating system releases however the process ends. The file is not deleted, as
/// two waiting processes could then hold the lock.</summary>
internal sealed class SqliteMigrator(
    IDbContextFactory<SqliteDbContext> databases,
    DbContextOptions<SqliteDbContext> options,
    IDatabaseInspector inspector,
    SqliteFaults faults,
    SqliteFile file,
    TimeProvider clock,
    ILogger<SqliteMigrator> logger
) : DatabaseMigrator<SqliteDbContext>(databases, options, inspector, faults, clock, logger)
{
    private const string ReadHistory = "SELECT migration_id FROM \"__EFMigrationsHistory\"";
    private const string HasHistory =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsHistory'";

    protected override async Task<IReadOnlySet<string>> ReadAppliedAsync(
        DbContext database,
        CancellationToken cancellationToken
    ) =>
        File.Exists(file.Path)
            ? await AppliedMigrations.ReadAsync(database, HasHistory, ReadHistory, cancellationToken)
            : new HashSet<string>();

    protected override void UseOwnConnection(DbContextOptionsBuilder<SqliteDbContext> builder) =>
        builder.UseSqlite(sqlite =>
            sqlite.ExecutionStrategy(WithoutRetries).CommandTimeout((int)MaxStatementTime.TotalSeconds)
        );

    protected override SqliteDbContext Create(DbContextOptions<SqliteDbContext> options) => new(options);

    /// <summary>SQLite itself waits for other writers, up to its time limit.</summary>
    protected override bool IsBlocked(Exception exception) => false;

    protected override async Task<IAsyncDisposable?> TryLockAsync(
        SqliteDbContext database,
        CancellationToken cancellationToken
    )
    {
        file.CreateFolder();
        FileStream handle;
        try
        {
            handle = new FileStream(file.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsSharingViolation(exception))
        {
            return null; // another process holds the lock
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(
                $"The lock file of the database cannot be written: {exception.Message}",
                exception
            );
        }

        // EF Core's own lock in the database is a leftover: its process would hold the file lock.
        await database.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        return handle;
    }

    /// <summary>Whether the error is EWOULDBLOCK of Linux or macOS, or ERROR_SHARING_VIOLATION of Windows.</summary>
    private static bool IsSharingViolation(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
