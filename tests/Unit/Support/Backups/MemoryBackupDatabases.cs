using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support.Backups;

/// <summary>The service's own database and another one.</summary>
internal sealed class MemoryBackupDatabases(IBackupDatabase own, IBackupDatabase other) : IBackupDatabases
{
    public const string OtherUrl = "postgresql://qrai:s3cret@elsewhere/qrai";

    public IBackupDatabase Own => own;

    public IBackupDatabase At(string url) => url == OtherUrl ? other : throw new ArgumentException(url);
}
