using System.Security.Cryptography;
using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>A backup that is being created in memory.</summary>
internal sealed class MemoryDraft(MemoryArchive archive, DateTimeOffset createdAt, List<string> journal) : IBackupDraft
{
    private readonly MemoryStream _dump = new();

    public string Id => BackupId.At(createdAt);

    public DateTimeOffset CreatedAt => createdAt;

    public Stream Dump => _dump;

    public Task<StoredBackup> CompleteAsync(
        Func<string, long, BackupManifest> describe,
        CancellationToken cancellationToken
    )
    {
        var manifest = describe(Convert.ToHexStringLower(SHA256.HashData(_dump.ToArray())), _dump.Length);
        journal.Add($"keep {manifest.Id}");
        return Task.FromResult(archive.Store(new StoredBackup(manifest, BackupPlaces.Folder)));
    }

    public ValueTask DisposeAsync()
    {
        archive.Open--;
        return _dump.DisposeAsync();
    }
}
