using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Holds a lock on a file, which the operating system frees however the process ends. The file stays:
/// who deletes one that others wait for lets two of them in.</summary>
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
    protected override void UseOwnConnection(DbContextOptionsBuilder<SqliteDbContext> builder) =>
        builder.UseSqlite(sqlite =>
            sqlite.ExecutionStrategy(NeverRepeat).CommandTimeout((int)LongestStatement.TotalSeconds)
        );

    protected override SqliteDbContext Create(DbContextOptions<SqliteDbContext> options) => new(options);

    /// <summary>SQLite waits for other writers by itself, up to its time limit.</summary>
    protected override bool IsBlocked(Exception exception) => false;

    protected override async Task<IAsyncDisposable?> TryLockAsync(
        SqliteDbContext database,
        CancellationToken cancellationToken
    )
    {
        file.CreateFolder();
        FileStream held;
        try
        {
            held = new FileStream(file.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (IsSharingViolation(exception))
        {
            return null; // another process has it
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatabaseUnavailableException(
                $"The lock beside the database file cannot be written: {exception.Message}",
                exception
            );
        }

        // Whoever left EF Core's own lock in the database is dead, or it would hold the file.
        await database.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        return held;
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static bool IsSharingViolation(IOException exception) =>
        exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
