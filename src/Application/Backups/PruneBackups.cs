using MediatR;

namespace QrAi.Application.Backups;

/// <summary>Removes expired backups, as defined by <see cref="BackupRetention"/>.</summary>
public sealed record PruneBackups : IRequest<PrunedBackups>;

/// <summary>The result of pruning.</summary>
/// <param name="Removed">The ids of the removed backups.</param>
/// <param name="Kept">The number of remaining backups.</param>
public sealed record PrunedBackups(IReadOnlyList<string> Removed, int Kept);

internal sealed class PruneBackupsHandler(IBackupArchive archive, BackupRetention retention, TimeProvider clock)
    : IRequestHandler<PruneBackups, PrunedBackups>
{
    public async Task<PrunedBackups> Handle(PruneBackups request, CancellationToken cancellationToken)
    {
        var listing = await archive.ListAsync(cancellationToken);
        if (listing.StorageProblem is { } problem)
            throw new BackupFailedException($"{problem} Nothing was removed.");

        // Damaged backups are left for an operator to examine: they neither expire nor count as the newest of a period.
        var intact = listing.Backups.Where(backup => backup.Damage is null).ToDictionary(backup => backup.Manifest);
        var expired = retention.Expired(intact.Keys, clock.GetUtcNow());
        foreach (var manifest in expired)
            await archive.RemoveAsync(intact[manifest], cancellationToken);
        return new PrunedBackups([.. expired.Select(manifest => manifest.Id)], listing.Backups.Count - expired.Count);
    }
}
