using System.Globalization;
using Microsoft.Data.Sqlite;
using QrAi.Infrastructure.Files;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Takes a file's turn to write and gives it back. Where there is no file yet, the folder has to take one.</summary>
internal sealed class SqliteInspector(SqliteFile file, DatabaseOptions options) : IDatabaseInspector
{
    // SQLite and file systems cannot be told to stop, and block.
    public Task<DatabaseInspection> InspectAsync(CancellationToken cancellationToken) =>
        Task.Run(Inspect, cancellationToken);

    public Task<DatabaseFault?> FindFaultAsync(bool willMigrate, CancellationToken cancellationToken) =>
        Task.Run(FindFault, cancellationToken);

    private DatabaseInspection Inspect()
    {
        var isThere = File.Exists(file.Path);
        if (FindFault() is { } fault)
            return new DatabaseInspection(
                new Dictionary<string, string> { ["file"] = isThere ? "there" : "not there yet" },
                fault
            );
        return isThere
            ? InspectFile()
            : new DatabaseInspection(new Dictionary<string, string> { ["file"] = "not there yet" });
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
                    $"{new FileInfo(file.Path).Length / 1024} KiB, can be written"
                ),
            }
        );
    }

    /// <summary>The file has to take what is written, and the folder the log beside it. No lock is waited for.</summary>
    private DatabaseFault? FindFault()
    {
        if (FolderProbe.FindFault(Path.GetDirectoryName(file.Path)!) is { } fault)
            return fault.IsFull
                ? SqliteFaults.DiskFull
                : new DatabaseFault(
                    $"The folder of the database file takes none: {fault.Reason.TrimEnd('.')}.",
                    "Make the folder writable, or name another file in DATABASE_URL.",
                    Lasts: true
                );
        if (!File.Exists(file.Path))
            return null;
        using var connection = Open();
        // SQLite opens what it may not write all the same.
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
