using FluentValidation;
using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Verifies a backup: restores it into a scratch database, compares it, and records the outcome.</summary>
/// <param name="Id">The id of the backup; null for the newest.</param>
public sealed record VerifyBackup(string? Id) : IRequest<StoredBackup>;

internal sealed class VerifyBackupValidator : AbstractValidator<VerifyBackup>
{
    public VerifyBackupValidator() =>
        RuleFor(request => request.Id)
            .Must(BackupId.IsValid)
            .When(request => request.Id is not null)
            .WithMessage(BackupId.Rule);
}

internal sealed class VerifyBackupHandler(IBackupDatabases databases, IBackupArchive archive, TimeProvider clock)
    : IRequestHandler<VerifyBackup, StoredBackup>
{
    public async Task<StoredBackup> Handle(VerifyBackup request, CancellationToken cancellationToken)
    {
        var backup = await FindAsync(request.Id, cancellationToken);
        var database = databases.Own;
        if (backup.Manifest.Format != database.Format)
            throw new BackupFailedException(
                $"{backup.Id} is a backup of another kind of database than {database.Description}."
            );

        string? difference;
        try
        {
            await using var dump = await archive.FetchAsync(backup, cancellationToken);
            await using var copy = await database.RestoreCopyAsync(dump.Path, backup.Manifest, cancellationToken);
            difference = backup.Manifest.Contents.FirstDifferenceTo(await copy.ReadContentsAsync(cancellationToken));
        }
        catch (BackupDamagedException exception)
        {
            difference = exception.Message;
        }

        // Writing a damaged manifest again would hide the damage.
        if (backup.Damage is null)
        {
            var verification = new BackupVerification(clock.GetUtcNow(), difference);
            backup = backup with { Manifest = backup.Manifest with { Verification = verification } };
            await archive.UpdateAsync(backup, cancellationToken);
        }

        return (difference ?? backup.Damage) is { } reason
            ? throw new BackupDamagedException($"{backup.Id} is damaged. {reason}")
            : backup;
    }

    private async Task<StoredBackup> FindAsync(string? id, CancellationToken cancellationToken)
    {
        if (id is not null)
            return await archive.FindAsync(id, cancellationToken)
                ?? throw new BackupFailedException($"There is no backup {id}.");

        var listing = await archive.ListAsync(cancellationToken);
        if (listing.Unreadable.Count > 0)
            throw new BackupDamagedException(listing.Unreadable[0]);
        return listing.Backups.FirstOrDefault(backup => backup.Manifest.Purpose == BackupPurpose.Regular)
            ?? throw new BackupFailedException(listing.StorageProblem ?? "There is no backup yet.");
    }
}
