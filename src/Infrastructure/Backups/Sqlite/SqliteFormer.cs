using System.Text.RegularExpressions;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Sqlite;

/// <summary>What a restore leaves of the database whose place it takes: a copy beside it.</summary>
internal static partial class SqliteFormer
{
    /// <summary>The path of a new one.</summary>
    /// <param name="database">The path of the database.</param>
    public static string NewPath(string database) => $"{database}.before-{Guid.CreateVersion7():N}";

    /// <summary>Lists those of a database.</summary>
    /// <param name="database">The path of the database.</param>
    /// <exception cref="BackupFailedException">Its folder cannot be read.</exception>
    public static IReadOnlyList<FormerDatabase> List(string database)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(database)!);
        try
        {
            return folder.Exists
                ?
                [
                    .. folder
                        .EnumerateFiles($"{Path.GetFileName(database)}.before-*")
                        .Where(file => Name().IsMatch(file.Name))
                        .OrderBy(file => file.Name, StringComparer.Ordinal)
                        .Select(file => new FormerDatabase(file.FullName, file.LastWriteTimeUtc)),
                ]
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackupFailedException($"{folder.FullName} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Removes one, with the log that SQLite may have kept beside it.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="BackupFailedException">It cannot be removed.</exception>
    public static bool Remove(string path)
    {
        try
        {
            foreach (var suffix in new[] { "", "-wal", "-shm" })
                File.Delete(path + suffix);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackupFailedException($"{path} cannot be removed: {exception.Message}", exception);
        }
    }

    [GeneratedRegex(@"\.before-[0-9a-f]{32}$")]
    private static partial Regex Name();
}
