using FluentValidation;
using MediatR;
using QrAi.Application.Errors;

namespace QrAi.Application.Backups;

/// <summary>
/// Restores a backup. It is restored beside the database and compared first; only then does it take the database's place,
/// so that whatever fails changes nothing.
/// </summary>
/// <param name="Id">Which backup.</param>
/// <param name="Into">The address of the database, as in <c>DATABASE_URL</c>; null for the service's own.</param>
/// <param name="Overwrite">Whether the database may hold something, which is then backed up before.</param>
public sealed record RestoreBackup(string Id, string? Into, bool Overwrite) : IRequest<RestoredBackup>
{
    /// <summary>Without the address, which has a password in it.</summary>
    public override string ToString() => $"{nameof(RestoreBackup)} {Id}";
}

/// <summary>What was restored.</summary>
/// <param name="Manifest">The backup.</param>
/// <param name="Database">Into which database, without user and password.</param>
/// <param name="Safety">The backup of what was there before; null if there was nothing.</param>
/// <param name="KeptAs">Where the former database still is, because it changed after that backup; null if it did not.</param>
/// <param name="Duration">How long it took, the comparison included.</param>
public sealed record RestoredBackup(
    BackupManifest Manifest,
    string Database,
    StoredBackup? Safety,
    string? KeptAs,
    TimeSpan Duration
);

internal sealed class RestoreBackupValidator : AbstractValidator<RestoreBackup>
{
    public RestoreBackupValidator()
    {
        RuleFor(request => request.Id).Must(BackupId.IsValid).WithMessage(BackupId.Rule);
        RuleFor(request => request.Into)
            .NotEmpty()
            .When(request => request.Into is not null)
            .WithMessage("must be the address of a database");
    }
}

internal sealed class RestoreBackupHandler(
    IBackupDatabases databases,
    IBackupArchive archive,
    BackupWriter writer,
    TimeProvider clock
) : IRequestHandler<RestoreBackup, RestoredBackup>
{
    private static readonly DatabaseContents Nothing = new(null, []);

    public async Task<RestoredBackup> Handle(RestoreBackup request, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var database = request.Into is { } url ? databases.At(url) : databases.Own;
        var backup = await FindAsync(request.Id, database, cancellationToken);
        var isEmpty = await database.IsEmptyAsync(cancellationToken);
        if (!isEmpty && !request.Overwrite)
            throw new InvalidRequestException(
                "--yes",
                $"must be given, as {database.Description} is not empty: it is backed up first and then replaced"
            );

        await using var copy = await RestoreCopyAsync(backup, database, cancellationToken);
        var safety = isEmpty ? null : await writer.WriteAsync(database, BackupPurpose.Safety, cancellationToken);
        var keptAs = await copy.TakeOverAsync(safety?.Manifest.Contents ?? Nothing, cancellationToken);
        return new RestoredBackup(backup.Manifest, database.Description, safety, keptAs, clock.GetElapsedTime(start));
    }

    /// <summary>Restores beside the database, and proves that the copy is what the manifest says.</summary>
    private async Task<IRestoredCopy> RestoreCopyAsync(
        StoredBackup backup,
        IBackupDatabase database,
        CancellationToken cancellationToken
    )
    {
        IRestoredCopy? copy = null;
        try
        {
            await using var dump = await archive.FetchAsync(backup, cancellationToken);
            copy = await database.RestoreCopyAsync(dump.Path, backup.Manifest, cancellationToken);
            var restored = await copy.ReadContentsAsync(cancellationToken);
            return backup.Manifest.Contents.FirstDifferenceTo(restored) is { } difference
                ? throw new BackupDamagedException(difference)
                : copy;
        }
        catch (Exception exception)
        {
            if (copy is not null)
                await copy.DisposeAsync();
            if (exception is BackupDamagedException)
                throw new BackupDamagedException(
                    $"{backup.Id} is not good. {exception.Message} Nothing was changed.",
                    exception
                );
            if (exception is BackupFailedException)
                throw new BackupFailedException($"{exception.Message} Nothing was changed.", exception);
            throw;
        }
    }

    private async Task<StoredBackup> FindAsync(string id, IBackupDatabase database, CancellationToken cancellationToken)
    {
        var backup =
            await archive.FindAsync(id, cancellationToken)
            ?? throw new BackupFailedException($"There is no backup {id}. Nothing was changed.");
        if (backup.Damage is { } damage)
            throw new BackupDamagedException($"{id} is not good. {damage} Nothing was changed.");
        if (backup.Manifest.Format != database.Format)
            throw new BackupFailedException(
                $"{id} is of another kind of database than {database.Description}. Nothing was changed."
            );
        return backup;
    }
}
