using System.Globalization;
using Microsoft.Data.Sqlite;
using QrAi.Infrastructure.Files;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Inspects a database file by an empty write transaction, or the folder if the file does not exist yet.</summary>
internal sealed class SqliteInspector(SqliteFile file, DatabaseOptions options) : IDatabaseInspector
{
    // On another thread, as SQLite and file operations block and cannot be cancelled.
    public Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken) =>
        Task.Run(Inspect, cancellationToken);

    public Task<DatabaseFault?> FindFaultAsync(bool willMigrate, CancellationToken cancellationToken) =>
        Task.Run(FindFault, cancellationToken);

    private DatabaseInspection Inspect()
    {
        var exists = File.Exists(file.Path);
        if (FindFault() is { } fault)
            return new DatabaseInspection(
                new Dictionary<string, string> { ["file"] = exists ? "exists" : "does not exist yet" },
                fault
            );
        return exists
            ? InspectFile()
            : new DatabaseInspection(new Dictionary<string, string> { ["file"] = "does not exist yet" });
    }

    private DatabaseInspection InspectFile()
    {
        using var connection = Open();
        using (connection.BeginTransaction(deferred: false)) { }

        return new DatabaseInspection(
            new Dictionary<string, string>
            {
                ["server"] = $"SQLite {connection.ServerVersion}",
                ["file"] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{new FileInfo(file.Path).Length / 1024} KiB, writable"
                ),
            }
        );
    }

    /// <summary>Checks that the file is writable, and its folder too, for the write-ahead log. It does not wait for a lock.</summary>
    private DatabaseFault? FindFault()
    {
        if (FolderProbe.FindFault(Path.GetDirectoryName(file.Path)!) is { } fault)
            return fault.IsFull
                ? SqliteFaults.DiskFull
                : new DatabaseFault(
                    $"The folder of the database file is not writable: {fault.Reason.TrimEnd('.')}.",
                    "Make the folder writable, or name another file in DATABASE_URL.",
                    IsPermanent: true
                );
        if (!File.Exists(file.Path))
            return null;
        using var connection = Open();
        // SQLite opens a file that it cannot write as read-only.
        return SQLitePCL.raw.sqlite3_db_readonly(connection.Handle, "main") == 1 ? SqliteFaults.ReadOnly : null;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file.Path,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
                DefaultTimeout = (int)Math.Ceiling(options.Timeout.TotalSeconds),
            }.ConnectionString
        );
        connection.Open();
        return connection;
    }
}
