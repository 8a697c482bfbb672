using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Backs the service's database up, into the folder and then into the storage where there is one.</summary>
public sealed record CreateBackup : IRequest<StoredBackup>;

internal sealed class CreateBackupHandler(IBackupDatabases databases, IBackupArchive archive, BackupWriter writer)
    : IRequestHandler<CreateBackup, StoredBackup>
{
    public async Task<StoredBackup> Handle(CreateBackup request, CancellationToken cancellationToken)
    {
        var backup = await writer.WriteAsync(databases.Own, BackupPurpose.Regular, cancellationToken);
        if (!archive.HasStorage)
            return backup;

        await ExplainAsync(
            async () => backup = await archive.UploadAsync(backup, cancellationToken),
            $"The backup {backup.Id} is in the folder and not in the storage; the next create uploads it."
        );
        await ExplainAsync(
            () => UploadEarlierAsync(backup.Id, cancellationToken),
            $"The backup {backup.Id} is in the storage; earlier ones that are not are uploaded by the next create."
        );
        return backup;
    }

    /// <summary>Says in what state a failure leaves the backups.</summary>
    private static async Task ExplainAsync(Func<Task> upload, string state)
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

    /// <summary>What an earlier run could not upload, because the storage was down.</summary>
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
