namespace QrAi.Application.Backups;

/// <summary>A stored backup.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Places">The places that have the backup.</param>
/// <param name="Damage">The damage that a look at the files without reading the dump shows; null if there is none.</param>
public sealed record StoredBackup(BackupManifest Manifest, BackupPlaces Places, string? Damage = null)
{
    /// <summary>The id of the backup.</summary>
    public string Id => Manifest.Id;
}

/// <summary>The places where a backup is stored.</summary>
[Flags]
public enum BackupPlaces
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>In the folder.</summary>
    Folder = 1,

    /// <summary>In the blob container.</summary>
    Blob = 2,
}

/// <summary>The contents of an archive.</summary>
/// <param name="Backups">The backups, newest first, including damaged ones.</param>
/// <param name="Unreadable">A sentence for each manifest that cannot be read.</param>
/// <param name="StorageProblem">Why the blob container is unavailable; null if it is available or not configured.</param>
public sealed record ArchiveListing(
    IReadOnlyList<StoredBackup> Backups,
    IReadOnlyList<string> Unreadable,
    string? StorageProblem
);
