using FluentValidation;
using MediatR;
using QrAi.Application.Errors;

namespace QrAi.Application.Backups;

/// <summary>
/// Restores a backup. It is restored into a scratch database and compared with its manifest before it replaces the database,
/// so that a failure changes nothing.
/// </summary>
/// <param name="Id">The id of the backup.</param>
/// <param name="Into">The address of the database, as in <c>DATABASE_URL</c>; null for that of the service.</param>
/// <param name="Overwrite">Whether a database that is not empty may be replaced, after a safety backup.</param>
public sealed record RestoreBackup(string Id, string? Into, bool Overwrite) : IRequest<RestoredBackup>
{
    /// <summary>Returns the request without the address, which contains a password.</summary>
    public override string ToString() => $"{nameof(RestoreBackup)} {Id}";
}

/// <summary>The result of a restore.</summary>
/// <param name="Manifest">The manifest of the backup.</param>
/// <param name="Database">The location of the database, without user and password.</param>
/// <param name="Safety">The safety backup of the former database; null if it was empty.</param>
/// <param name="RetainedAs">The name of the former database if it is retained, because it changed after that backup.</param>
/// <param name="Duration">The duration, including the comparison.</param>
public sealed record RestoredBackup(
    BackupManifest Manifest,
    string Database,
    StoredBackup? Safety,
    string? RetainedAs,
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
    private static readonly DatabaseContents Empty = new(null, []);

    public async Task<RestoredBackup> Handle(RestoreBackup request, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var database = request.Into is { } url ? databases.At(url) : databases.Own;
        var backup = await FindAsync(request.Id, database, cancellationToken);
        var isEmpty = await database.IsEmptyAsync(cancellationToken);
        if (!isEmpty && !request.Overwrite)
            throw new InvalidRequestException(
                "--yes",
                $"is required, because {database.Description} is not empty: it is backed up and then replaced"
            );

        await using var copy = await RestoreCopyAsync(backup, database, cancellationToken);
        var safety = isEmpty ? null : await writer.WriteAsync(database, BackupPurpose.Safety, cancellationToken);
        var keptAs = await copy.TakeOverAsync(safety?.Manifest.Contents ?? Empty, cancellationToken);
        return new RestoredBackup(backup.Manifest, database.Description, safety, keptAs, clock.GetElapsedTime(start));
    }

    /// <summary>Restores the backup into a scratch database and compares it with the manifest.</summary>
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
                    $"{backup.Id} is damaged. {exception.Message} Nothing was changed.",
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
            throw new BackupDamagedException($"{id} is damaged. {damage} Nothing was changed.");
        if (backup.Manifest.Format != database.Format)
            throw new BackupFailedException(
                $"{id} is a backup of another kind of database than {database.Description}. Nothing was changed."
            );
        return backup;
    }
}
