using Microsoft.Data.Sqlite;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>SQLite's result codes: https://sqlite.org/rescode.html.</summary>
internal sealed class SqliteFaults : DatabaseFaults
{
    private static readonly Dictionary<int, string> Unavailable = new()
    {
        [5] = "The database is locked.",
        [6] = "The database is locked.",
        [8] = "The database file can not be written.",
        [10] = "The database file can not be read or written.",
        [11] = "The database file is damaged.",
        [13] = "The disk with the database file is full.",
        [14] = "The database file can not be opened.",
        [26] = "The database file is not a database.",
    };

    public override bool IsUnavailability(Exception exception) => Find(exception) is not null;

    /// <summary>SQLite waits for a lock by itself, up to its time limit, and nothing else passes by repeating.</summary>
    public override bool IsWorthRepeating(Exception exception) => false;

    public override string Describe(Exception exception) => Find(exception) ?? "The database file can not be used.";

    public override string Advise(Exception exception) =>
        Chain(exception).OfType<SqliteException>().FirstOrDefault()?.SqliteErrorCode switch
        {
            5 or 6 => "End the other program that writes it.",
            13 => "Make room on its disk.",
            11 or 26 => "Restore a backup, or name another file in DATABASE_URL.",
            _ =>
                "Give this program's user the right to write the file and its folder, or name another in DATABASE_URL.",
        };

    private static string? Find(Exception exception) =>
        Chain(exception).OfType<SqliteException>().FirstOrDefault() is not { } fault ? null
        : Unavailable.TryGetValue(fault.SqliteErrorCode, out var description) ? description
        // SQLITE_ERROR covers much; only this message means that the migrations have not run.
        : fault.Message.Contains("no such table", StringComparison.Ordinal) ? "The database has no tables yet."
        : null;
}
