using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>A restored copy beside a database in memory.</summary>
internal sealed class MemoryCopy(MemoryBackupDatabase database, DatabaseContents contents, List<string> journal)
    : IRestoredCopy
{
    public Task<DatabaseContents> ReadContentsAsync(CancellationToken cancellationToken) =>
        database.ReadFault is { } fault ? throw fault : Task.FromResult(contents);

    public Task<string?> TakeOverAsync(DatabaseContents expected, CancellationToken cancellationToken)
    {
        database.Work();
        if (database.TakeOverFault is { } fault)
            throw fault;
        database.Contents.FirstDifferenceTo(expected).ShouldBeNull();
        journal.Add($"replace {database.Description}");
        database.Contents = contents;
        return Task.FromResult(database.RetainedAs);
    }

    public ValueTask DisposeAsync()
    {
        journal.Add("drop the copy");
        return ValueTask.CompletedTask;
    }
}
