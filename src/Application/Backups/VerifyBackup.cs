using FluentValidation;
using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Proves that a backup can be restored: restores it into a scratch database, compares, and notes the outcome.</summary>
/// <param name="Id">Which one; null for the newest.</param>
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
            throw new BackupFailedException($"{backup.Id} is of another kind of database than {database.Description}.");

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

        // A manifest that was changed must not be made whole by writing it anew.
        if (backup.Damage is null)
        {
            var verification = new BackupVerification(clock.GetUtcNow(), difference);
            backup = backup with { Manifest = backup.Manifest with { Verification = verification } };
            await archive.UpdateAsync(backup, cancellationToken);
        }

        return (difference ?? backup.Damage) is { } reason
            ? throw new BackupDamagedException($"{backup.Id} is not good. {reason}")
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
