using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Creates a backup of the service's database in the folder, and uploads it if a storage is configured.</summary>
public sealed record CreateBackup : IRequest<StoredBackup>;

internal sealed class CreateBackupHandler(IBackupDatabases databases, IBackupArchive archive, BackupWriter writer)
    : IRequestHandler<CreateBackup, StoredBackup>
{
    public async Task<StoredBackup> Handle(CreateBackup request, CancellationToken cancellationToken)
    {
        var backup = await writer.WriteAsync(databases.Own, BackupPurpose.Regular, cancellationToken);
        if (!archive.HasStorage)
            return backup;

        await WithStateAsync(
            async () => backup = await archive.UploadAsync(backup, cancellationToken),
            $"The backup {backup.Id} is in the folder and not in the storage; the next create uploads it."
        );
        await WithStateAsync(
            () => UploadEarlierAsync(backup.Id, cancellationToken),
            $"The backup {backup.Id} is in the storage; the next create uploads earlier ones that are not."
        );
        return backup;
    }

    /// <summary>Adds the state of the backups to the message of a failed upload.</summary>
    private static async Task WithStateAsync(Func<Task> upload, string state)
    {
        try
        {
            await upload();
        }
        catch (BackupFailedException exception)
        {
            throw new BackupFailedException($"{exception.Message} {state}", exception);
        }
    }

    /// <summary>Uploads the backups that earlier runs could not upload, because the storage was unavailable.</summary>
    private async Task UploadEarlierAsync(string newest, CancellationToken cancellationToken)
    {
        var listing = await archive.ListAsync(cancellationToken);
        if (listing.StorageProblem is { } problem)
            throw new BackupFailedException(problem);
        foreach (var backup in listing.Backups)
            if (backup is { Places: BackupPlaces.Folder, Damage: null } && backup.Id != newest)
                await archive.UploadAsync(backup, cancellationToken);
    }
}
