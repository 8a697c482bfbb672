using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Removes the backups that <see cref="BackupRetention"/> lets go.</summary>
public sealed record PruneBackups : IRequest<PrunedBackups>;

/// <summary>What was done.</summary>
/// <param name="Removed">The backups that are gone.</param>
/// <param name="Kept">How many are left.</param>
public sealed record PrunedBackups(IReadOnlyList<string> Removed, int Kept);

internal sealed class PruneBackupsHandler(IBackupArchive archive, BackupRetention retention, TimeProvider clock)
    : IRequestHandler<PruneBackups, PrunedBackups>
{
    public async Task<PrunedBackups> Handle(PruneBackups request, CancellationToken cancellationToken)
    {
        var listing = await archive.ListAsync(cancellationToken);
        if (listing.StorageProblem is { } problem)
            throw new BackupFailedException($"{problem} Nothing was removed.");

        // What is damaged is for people to look at; it neither goes nor takes a good one's place.
        var good = listing.Backups.Where(backup => backup.Damage is null).ToDictionary(backup => backup.Manifest);
        var expired = retention.Expired(good.Keys, clock.GetUtcNow());
        foreach (var manifest in expired)
            await archive.RemoveAsync(good[manifest], cancellationToken);
        return new PrunedBackups([.. expired.Select(manifest => manifest.Id)], listing.Backups.Count - expired.Count);
    }
}
