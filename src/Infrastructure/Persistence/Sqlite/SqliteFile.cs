using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>The database file and its write lock within the process, as SQLite allows one writer at a time.</summary>
/// <param name="path">The file, relative to the working directory or absolute.</param>
/// <param name="timeout">The maximum wait for the lock.</param>
internal sealed class SqliteFile(string path, TimeSpan timeout) : IDisposable
{
    private readonly SemaphoreSlim _writeLock = new(1, 1);

    /// <summary>The absolute path, which does not depend on later changes of the working directory.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Creates the folder of the file.</summary>
    public void CreateFolder() => Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>Writes under the lock. Waiting within SQLite would block a thread for each writer.</summary>
    /// <exception cref="DatabaseUnavailableException">If the lock is not acquired in time.</exception>
    public async Task<T> WriteAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        if (!await _writeLock.WaitAsync(timeout, cancellationToken))
            throw new DatabaseUnavailableException("The database is busy with other writes.");
        try
        {
            return await write();
        }
        finally
        {
            _writeLock.Release();
        }
    }

    public void Dispose() => _writeLock.Dispose();
}
