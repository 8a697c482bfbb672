using QrAi.Application.Errors;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Where the database is, and whose turn it is to write: SQLite has one writer at a time.</summary>
/// <param name="path">The file; relative to the working directory.</param>
/// <param name="timeout">How long to wait for the turn.</param>
internal sealed class SqliteFile(string path, TimeSpan timeout) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The whole path, which stays the same should the working directory change.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Makes the folder that the file will be in.</summary>
    public void CreateFolder() => Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>Writes when it is its turn. Waiting within SQLite would block a thread for each that waits.</summary>
    /// <exception cref="DatabaseUnavailableException">The turn did not come in time.</exception>
    public async Task<T> WriteAsync<T>(Func<Task<T>> write, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(timeout, cancellationToken))
            throw new DatabaseUnavailableException("The database is busy with others' writes.");
        try
        {
            return await write();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
