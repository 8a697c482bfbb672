using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>One of PostgreSQL's programs failed.</summary>
/// <param name="reason">Its own words.</param>
/// <param name="exitCode">Its exit code.</param>
internal sealed class ToolFailedException(string reason, int exitCode) : BackupFailedException(reason)
{
    /// <summary>Whether somebody killed it: by a signal, which says nothing about what it worked on.</summary>
    public bool WasKilled => exitCode > 128;
}
