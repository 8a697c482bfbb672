using Microsoft.Data.Sqlite;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Files;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups.Sqlite;

/// <summary>Backs up a database file by SQLite's online backup, which copies a snapshot during writes.</summary>
internal sealed class SqliteBackup(SqliteAddress address, DatabaseOptions options) : IBackupDatabase
{
    private readonly string _path = Path.GetFullPath(address.Path);

    public BackupFormat Format => BackupFormat.Sqlite;

    public string Description => address.ToString();

    public async Task<DumpedDatabase> DumpAsync(Stream destination, CancellationToken cancellationToken)
    {
        if (!File.Exists(_path))
            throw new BackupFailedException($"{address} does not exist.");
        try
        {
            using var folder = ScratchFolder.Create();
            var copy = folder.PathOf("copy.db");
            DatabaseContents contents;
            await using (
                var source = await SqliteContents.OpenAsync(
                    _path,
                    SqliteOpenMode.ReadWrite,
                    options.Timeout,
                    cancellationToken
                )
            )
            await using (
                var target = await SqliteContents.OpenAsync(
                    copy,
                    SqliteOpenMode.ReadWriteCreate,
                    options.Timeout,
                    cancellationToken
                )
            )
            {
                // It blocks its thread and cannot be cancelled.
                await Task.Run(() => source.BackupDatabase(target), cancellationToken);
                // Without a write-ahead log: the copy has to be a single file.
                await SqliteContents.TextAsync(target, "PRAGMA journal_mode=DELETE", cancellationToken);
                contents = await SqliteContents.ReadAsync(target, cancellationToken);
            }

            await using (var file = File.OpenRead(copy))
                await file.CopyToAsync(destination, cancellationToken);
            var version = $"SQLite {SQLitePCL.raw.sqlite3_libversion().utf8_to_string()}";
            return new DumpedDatabase(version, version, contents);
        }
        catch (Exception exception) when (exception is SqliteException or IOException)
        {
            throw new BackupFailedException($"{address} could not be backed up: {exception.Message}", exception);
        }
    }

    public async Task<bool> IsEmptyAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_path))
            return true;
        try
        {
            await using var connection = await SqliteContents.OpenAsync(
                _path,
                SqliteOpenMode.ReadWrite,
                options.Timeout,
                cancellationToken
            );
            return (await SqliteContents.TablesAsync(connection, cancellationToken)).Count == 0;
        }
        catch (SqliteException exception)
        {
            throw new BackupFailedException($"{address} could not be read: {exception.Message}", exception);
        }
    }

    public async Task<IRestoredCopy> RestoreCopyAsync(
        string dump,
        BackupManifest manifest,
        CancellationToken cancellationToken
    )
    {
        ScratchFolder? folder = null;
        try
        {
            folder = ScratchFolder.Create();
            var copy = folder.PathOf("copy.db");
            await using (var source = File.OpenRead(dump))
            await using (var target = File.Create(copy))
                await source.CopyToAsync(target, cancellationToken);
            return new Copy(address, _path, options, folder, copy);
        }
        catch (Exception exception)
        {
            folder?.Dispose();
            if (exception is IOException)
                throw new BackupFailedException($"The dump cannot be copied: {exception.Message}", exception);
            throw;
        }
    }

    public Task<IReadOnlyList<FormerDatabase>> ListFormerAsync(CancellationToken cancellationToken) =>
        Task.FromResult(SqliteFormer.List(_path));

    public Task<bool> DropFormerAsync(FormerDatabase former, CancellationToken cancellationToken) =>
        Task.FromResult(SqliteFormer.Remove(former.Name));

    private sealed class Copy(
        SqliteAddress address,
        string path,
        DatabaseOptions options,
        ScratchFolder folder,
        string copy
    ) : IRestoredCopy
    {
        public async Task<DatabaseContents> ReadContentsAsync(CancellationToken cancellationToken)
        {
            try
            {
                await using var connection = await OpenCopyAsync(cancellationToken);
                return await SqliteContents.ReadAsync(connection, cancellationToken);
            }
            catch (SqliteException exception)
            {
                throw new BackupDamagedException($"The dump cannot be read: {exception.Message}", exception);
            }
        }

        public async Task<string?> TakeOverAsync(DatabaseContents expected, CancellationToken cancellationToken)
        {
            string? former = null;
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                await using var source = await OpenCopyAsync(cancellationToken);
                await using var target = await SqliteContents.OpenAsync(
                    path,
                    SqliteOpenMode.ReadWriteCreate,
                    options.Timeout,
                    cancellationToken
                );
                var contents = await SqliteContents.ReadAsync(target, cancellationToken);
                if (expected.FirstDifferenceTo(contents) is not null)
                    former = await RetainAsync(target, cancellationToken);
                // One SQLite transaction: readers see either the former content or the new one.
                await Task.Run(() => source.BackupDatabase(target), cancellationToken);
                return former;
            }
            catch (Exception exception)
                when (exception is SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new BackupFailedException(
                    $"{address} could not be replaced and is unchanged: {exception.Message}",
                    exception
                );
            }
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Copies a database that was written to after its backup.</summary>
        private async Task<string> RetainAsync(SqliteConnection target, CancellationToken cancellationToken)
        {
            var former = SqliteFormer.NewPath(path);
            await using var kept = await SqliteContents.OpenAsync(
                former,
                SqliteOpenMode.ReadWriteCreate,
                options.Timeout,
                cancellationToken
            );
            await Task.Run(() => target.BackupDatabase(kept), cancellationToken);
            return former;
        }

        private Task<SqliteConnection> OpenCopyAsync(CancellationToken cancellationToken) =>
            SqliteContents.OpenAsync(copy, SqliteOpenMode.ReadWrite, options.Timeout, cancellationToken);
    }
}
