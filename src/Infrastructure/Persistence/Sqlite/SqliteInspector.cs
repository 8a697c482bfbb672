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

    private DatabaseInspection Inspect() => File.Exists(file.Path) ? InspectFile() : InspectFolder();

    private DatabaseInspection InspectFile()
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = file.Path,
                Mode = SqliteOpenMode.ReadWrite,
                Pooling = false,
                DefaultTimeout = (int)Math.Ceiling(options.Timeout.TotalSeconds),
            }.ConnectionString
        );
        connection.Open();
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

    private DatabaseInspection InspectFolder()
    {
        var folder = Path.GetDirectoryName(file.Path)!;
        return new DatabaseInspection(
            new Dictionary<string, string> { ["file"] = "not there yet" },
            FolderProbe.FindFault(folder) is { } fault
                ? (
                    $"The file is not there, and the folder takes none: {fault}",
                    "Make the folder writable, or name another file in DATABASE_URL."
                )
                : null
        );
    }
}
