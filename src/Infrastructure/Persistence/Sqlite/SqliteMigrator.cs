using Microsoft.EntityFrameworkCore;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Holds a lock on a file, which the operating system frees however the process ends. The file stays:
/// who deletes one that others wait for lets two of them in.</summary>
internal sealed class SqliteMigrator(
    IDbContextFactory<SqliteDbContext> databases,
    SqliteFaults faults,
    SqliteFile file,
    TimeProvider clock
) : DatabaseMigrator<SqliteDbContext>(databases, faults, clock)
{
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
        catch (IOException)
        {
            return null; // another process has it
        }

        // Whoever left EF Core's own lock in the database is dead, or it would hold the file.
        await database.Database.ExecuteSqlAsync($"DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
        return held;
    }
}
