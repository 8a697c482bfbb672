namespace QrAi.Application.Backups;

/// <summary>A backup where it is kept.</summary>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="Places">Where it is.</param>
/// <param name="Damage">Why it can not be relied on, as far as a look tells; null if nothing speaks against it.</param>
public sealed record StoredBackup(BackupManifest Manifest, BackupPlaces Places, string? Damage = null)
{
    /// <summary>Its name.</summary>
    public string Id => Manifest.Id;
}

/// <summary>Where a backup is.</summary>
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

/// <summary>What an archive holds.</summary>
/// <param name="Backups">The backups, newest first; damaged ones too.</param>
/// <param name="Unreadable">Manifests that can not be read at all: each a sentence that names it.</param>
/// <param name="StorageProblem">Why the blob storage could not be asked; null if it was, or if there is none.</param>
public sealed record ArchiveListing(
    IReadOnlyList<StoredBackup> Backups,
    IReadOnlyList<string> Unreadable,
    string? StorageProblem
);
