namespace QrAi.Application.Backups;

/// <summary>What a backup says of itself. Without one a dump is no backup.</summary>
public sealed record BackupManifest
{
    /// <summary>The backup: <see cref="BackupId"/>.</summary>
    public required string Id { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why it was made.</summary>
    public required BackupPurpose Purpose { get; init; }

    /// <summary>What the dump is, and so which databases it can be restored into.</summary>
    public required BackupFormat Format { get; init; }

    /// <summary>The program that wrote the dump, with its version.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The version of the database server.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>The dump's SHA-256, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The dump's size in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>What the database held at the dump's snapshot.</summary>
    public required DatabaseContents Contents { get; init; }

    /// <summary>What the last verification found; null if there was none yet.</summary>
    public BackupVerification? Verification { get; init; }

    /// <summary>Whether a verification found that it can be restored, whole.</summary>
    public bool IsVerified => Verification is { Difference: null };

    /// <summary>Whether a verification found that it can not.</summary>
    public bool HasFailed => Verification is { Difference: not null };
}

/// <summary>Why a backup was made.</summary>
public enum BackupPurpose
{
    /// <summary>By schedule or by hand.</summary>
    Regular,

    /// <summary>Before a restore, of what it was about to replace.</summary>
    Safety,
}

/// <summary>What a dump is.</summary>
public enum BackupFormat
{
    /// <summary>An archive of <c>pg_dump -Fc</c>.</summary>
    Postgresql,

    /// <summary>A database file of SQLite.</summary>
    Sqlite,
}

/// <summary>The outcome of restoring a backup into a scratch database and comparing it with its manifest.</summary>
/// <param name="At">When.</param>
/// <param name="Difference">The first difference; null if there is none.</param>
public sealed record BackupVerification(DateTimeOffset At, string? Difference);
