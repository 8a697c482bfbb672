namespace QrAi.Application.Backups;

/// <summary>Writes regular backups, and safety backups before a restore.</summary>
internal sealed class BackupWriter(IBackupArchive archive)
{
    /// <summary>Writes a backup of a database to the folder.</summary>
    public async Task<StoredBackup> WriteAsync(
        IBackupDatabase database,
        BackupPurpose purpose,
        CancellationToken cancellationToken
    )
    {
        await using var draft = await archive.BeginAsync(cancellationToken);
        var dumped = await database.DumpAsync(draft.Dump, cancellationToken);
        return await draft.CompleteAsync(
            (sha256, size) =>
                new BackupManifest
                {
                    Id = draft.Id,
                    CreatedAt = draft.CreatedAt,
                    Purpose = purpose,
                    Format = database.Format,
                    ToolVersion = dumped.ToolVersion,
                    ServerVersion = dumped.ServerVersion,
                    Sha256 = sha256,
                    Size = size,
                    Contents = dumped.Contents,
                },
            cancellationToken
        );
    }
}
