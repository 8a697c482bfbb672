using Microsoft.Data.Sqlite;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Classifies SQLite's result codes: https://sqlite.org/rescode.html.</summary>
internal sealed class SqliteFaults : DatabaseFaults
{
    private const string GrantAccess =
        "Give this program's user write access to the file and its folder, or name another file in DATABASE_URL.";

    private const string StopOther = "Stop the other program that writes it.";
    private const string RestoreIt = "Restore a backup, or name another file in DATABASE_URL.";

    /// <summary>The fault of a full disk, which is not permanent.</summary>
    public static DatabaseFault DiskFull { get; } =
        new("The disk with the database file is full.", "Free space on the disk.");

    /// <summary>The fault of a read-only file.</summary>
    public static DatabaseFault ReadOnly { get; } =
        new("The database file cannot be written.", GrantAccess, IsPermanent: true);

    private static readonly Dictionary<int, DatabaseFault> Unavailable = new()
    {
        [5] = new("The database is locked.", StopOther),
        [6] = new("The database is locked.", StopOther),
        [8] = ReadOnly,
        [10] = new("The database file cannot be read or written.", GrantAccess),
        [11] = new("The database file is damaged.", RestoreIt),
        [13] = DiskFull,
        [14] = new("The database file cannot be opened.", GrantAccess, IsPermanent: true),
        [26] = new("The database file is not a database.", RestoreIt),
    };

    public override bool IsUnavailability(Exception exception) => Find(exception) is not null;

    /// <summary>SQLite itself waits for locks, up to its busy timeout; other errors are not transient.</summary>
    public override bool IsRetryable(Exception exception) => false;

    public override DatabaseFault Explain(Exception exception) =>
        Find(exception) ?? new("The database file cannot be used.", GrantAccess);

    private static DatabaseFault? Find(Exception exception) =>
        Chain(exception).OfType<SqliteException>().FirstOrDefault() is not { } fault ? null
        : Unavailable.TryGetValue(fault.SqliteErrorCode, out var description) ? description
        // SQLITE_ERROR is generic; only this message means that the migrations have not run.
        : fault.Message.Contains("no such table", StringComparison.Ordinal)
            ? new("The database has no tables yet.", "Apply the migrations with the verb migrate.")
        : null;
}
