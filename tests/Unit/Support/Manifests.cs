using QrAi.Application.Backups;

namespace QrAi.Tests.Unit.Support;

/// <summary>Creates manifests of backups.</summary>
internal static class Manifests
{
    /// <summary>Creates the manifest of a regular backup that is not verified.</summary>
    public static BackupManifest At(DateTimeOffset? time = null) =>
        new()
        {
            Id = BackupId.At(time ?? TestClock.Noon),
            CreatedAt = time ?? TestClock.Noon,
            Purpose = BackupPurpose.Regular,
            Format = BackupFormat.Postgresql,
            ToolVersion = "pg_dump 15.18",
            ServerVersion = "15.18",
            Sha256 = new string('a', 64),
            Size = 123_456,
            Contents = new DatabaseContents(
                "20261124022438_Initial",
                [
                    new TableContents("public.messages", 10, "00000000000000ff"),
                    new TableContents("public.sessions", 2, "0123456789abcdef"),
                ]
            ),
        };
}
