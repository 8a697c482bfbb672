namespace QrAi.Application.Backups;

/// <summary>The metadata of a backup. A dump without a manifest is not a backup.</summary>
public sealed record BackupManifest
{
    /// <summary>The id of the backup: <see cref="BackupId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>The time at which the backup began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The purpose of the backup.</summary>
    public required BackupPurpose Purpose { get; init; }

    /// <summary>The format of the dump, which determines the databases that it can be restored into.</summary>
    public required BackupFormat Format { get; init; }

    /// <summary>The name and version of the program that wrote the dump.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The version of the database server.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The SHA-256 of the dump, in lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The size of the dump in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>The contents of the database in the snapshot of the dump.</summary>
    public required DatabaseContents Contents { get; init; }

    /// <summary>The outcome of the last verification; null if there was none yet.</summary>
    public BackupVerification? Verification { get; init; }

    /// <summary>Whether the last verification succeeded.</summary>
    public bool IsVerified => Verification is { Difference: null };

    /// <summary>Whether the last verification failed.</summary>
    public bool HasFailed => Verification is { Difference: not null };
}

/// <summary>The purpose of a backup.</summary>
public enum BackupPurpose
{
    /// <summary>A scheduled or manual backup.</summary>
    Regular,

    /// <summary>A backup of the database that a restore is about to replace.</summary>
    Safety,
}

/// <summary>The format of a dump.</summary>
public enum BackupFormat
{
    /// <summary>An archive of <c>pg_dump -Fc</c>.</summary>
    Postgresql,

    /// <summary>A database file of SQLite.</summary>
    Sqlite,
}

/// <summary>The outcome of restoring a backup into a scratch database and comparing it with its manifest.</summary>
/// <param name="At">The time of the verification.</param>
/// <param name="Difference">The first difference; null if there is none.</param>
public sealed record BackupVerification(DateTimeOffset At, string? Difference);
