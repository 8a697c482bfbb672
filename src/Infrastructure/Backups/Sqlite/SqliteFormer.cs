using System.Text.RegularExpressions;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Sqlite;

/// <summary>The former databases of restores: copies beside the database.</summary>
internal static partial class SqliteFormer
{
    /// <summary>Creates the path of a new former database.</summary>
    /// <param name="database">The path of the database.</param>
    public static string NewPath(string database) => $"{database}.before-{Guid.CreateVersion7():N}";

    /// <summary>Lists the former databases of a database.</summary>
    /// <param name="database">The path of the database.</param>
    /// <exception cref="BackupFailedException">If the folder cannot be read.</exception>
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

    /// <summary>Removes a former database, with its write-ahead log.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="BackupFailedException">If it cannot be removed.</exception>
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
