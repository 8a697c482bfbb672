namespace QrAi.Application.Backups;

/// <summary>A backup could not be made, verified, stored or restored. What was there before is still there.</summary>
/// <param name="reason">What failed and, where it is known, what to do; without secrets.</param>
/// <param name="cause">The exception behind it, if there is one.</param>
public class BackupFailedException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>A backup is not what its manifest says.</summary>
/// <param name="reason">The first difference.</param>
/// <param name="cause">The exception behind it, if there is one.</param>
public sealed class BackupDamagedException(string reason, Exception? cause = null)
    : BackupFailedException(reason, cause);
