using Microsoft.Data.Sqlite;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>SQLite's result codes: https://sqlite.org/rescode.html.</summary>
internal sealed class SqliteFaults : DatabaseFaults
{
    private const string LetWrite =
        "Give this program's user the right to write the file and its folder, or name another in DATABASE_URL.";

    private const string EndOther = "End the other program that writes it.";
    private const string RestoreIt = "Restore a backup, or name another file in DATABASE_URL.";

    /// <summary>There is no room; somebody may make some.</summary>
    public static DatabaseFault DiskFull { get; } =
        new("The disk with the database file is full.", "Make room on its disk.");

    /// <summary>The file may be read only.</summary>
    public static DatabaseFault ReadOnly { get; } = new("The database file cannot be written.", LetWrite, Lasts: true);

    private static readonly Dictionary<int, DatabaseFault> Unavailable = new()
    {
        [5] = new("The database is locked.", EndOther),
        [6] = new("The database is locked.", EndOther),
        [8] = ReadOnly,
        [10] = new("The database file cannot be read or written.", LetWrite),
        [11] = new("The database file is damaged.", RestoreIt),
        [13] = DiskFull,
        [14] = new("The database file cannot be opened.", LetWrite, Lasts: true),
        [26] = new("The database file is not a database.", RestoreIt),
    };

    public override bool IsUnavailability(Exception exception) => Find(exception) is not null;

    /// <summary>SQLite waits for a lock by itself, up to its time limit, and nothing else passes by repeating.</summary>
    public override bool IsWorthRepeating(Exception exception) => false;

    public override DatabaseFault Explain(Exception exception) =>
        Find(exception) ?? new("The database file cannot be used.", LetWrite);

    private static DatabaseFault? Find(Exception exception) =>
        Chain(exception).OfType<SqliteException>().FirstOrDefault() is not { } fault ? null
        : Unavailable.TryGetValue(fault.SqliteErrorCode, out var description) ? description
        // SQLITE_ERROR covers much; only this message means that the migrations have not run.
        : fault.Message.Contains("no such table", StringComparison.Ordinal)
            ? new("The database has no tables yet.", "Apply the migrations with the verb migrate.")
        : null;
}
