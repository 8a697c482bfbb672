using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>The names of a backup's dump and manifest, which are the same in the folder and in the container.</summary>
internal static class BackupNames
{
    /// <summary>The prefix of all names.</summary>
    public const string Prefix = "qrai-";

    /// <summary>The ending of a dump's name.</summary>
    public const string DumpExtension = ".dump";

    /// <summary>The ending of a manifest's name.</summary>
    public const string ManifestExtension = ".json";

    public static string Dump(string id) => id + DumpExtension;

    public static string Manifest(string id) => id + ManifestExtension;

    /// <summary>The id of the backup that a name belongs to.</summary>
    /// <param name="name">The name.</param>
    /// <param name="ending">The ending that the name must have.</param>
    /// <returns>The id; null if the name is not that of a backup.</returns>
    public static string? FindId(string name, string ending) =>
        name.EndsWith(ending, StringComparison.Ordinal) && BackupId.IsValid(name[..^ending.Length])
            ? name[..^ending.Length]
            : null;
}
