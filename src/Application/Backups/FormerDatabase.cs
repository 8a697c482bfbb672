namespace QrAi.Application.Backups;

/// <summary>
/// What a database held before a restore. It is kept where somebody wrote to it after it was backed up, or where the
/// restore was killed before it could tell.
/// </summary>
/// <param name="Name">Where it is now: the name of a database or of a file beside the one that took its place.</param>
/// <param name="ReplacedAt">When a restore took its place; null where nobody noted that.</param>
public sealed record FormerDatabase(string Name, DateTimeOffset? ReplacedAt)
{
    /// <summary>When it may go: as late as the backup that was made before the restore.</summary>
    /// <param name="retention">How long that stays.</param>
    /// <returns>The time; null where nobody knows, and it stays.</returns>
    public DateTimeOffset? ExpiresAt(BackupRetention retention) => ReplacedAt + retention.SafetyTime;
}
