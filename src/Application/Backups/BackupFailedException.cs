namespace QrAi.Application.Backups;

/// <summary>Thrown when a backup cannot be created, verified, stored or restored. Existing data did not change.</summary>
/// <param name="reason">What failed and, if known, what to do, without secrets.</param>
/// <param name="cause">The inner exception, if any.</param>
public class BackupFailedException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>Thrown when a backup differs from its manifest.</summary>
/// <param name="reason">The first difference.</param>
/// <param name="cause">The inner exception, if any.</param>
public sealed class BackupDamagedException(string reason, Exception? cause = null)
    : BackupFailedException(reason, cause);
