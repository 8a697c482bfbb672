namespace QrAi.Application.Backups;

/// <summary>
/// A database that a restore has replaced. It is retained if it changed after its safety backup, or if the restore was
/// killed before it could check that.
/// </summary>
/// <param name="Name">The name of the former database, or of its file.</param>
/// <param name="ReplacedAt">The time of the restore; null if it is unknown.</param>
public sealed record FormerDatabase(string Name, DateTimeOffset? ReplacedAt)
{
    /// <summary>Returns the time at which the database expires, which is that of the safety backup.</summary>
    /// <param name="retention">The retention of backups.</param>
    /// <returns>The time; null if the time of the restore is unknown, and the database does not expire.</returns>
    public DateTimeOffset? ExpiresAt(BackupRetention retention) => ReplacedAt + retention.SafetyTime;
}
