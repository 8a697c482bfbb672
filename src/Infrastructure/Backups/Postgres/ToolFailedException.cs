using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups.Postgres;

/// <summary>A client program of PostgreSQL failed.</summary>
/// <param name="reason">The program's messages.</param>
/// <param name="exitCode">The exit code of the program.</param>
internal sealed class ToolFailedException(string reason, int exitCode) : BackupFailedException(reason)
{
    /// <summary>Whether a signal killed the program, which does not show that the dump is damaged.</summary>
    public bool WasKilled => exitCode > 128;
}
