using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// Manifests as they are written. The last member is a checksum over all others, so that a manifest tells by itself whether
/// it was changed.
/// </summary>
internal static class ManifestJson
{
    /// <summary>The largest manifest that is read: thousands of tables would fit.</summary>
    private const int MaxSize = 1024 * 1024;

    private const int Version = 1;

    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions Readable = new(Compact) { WriteIndented = true };

    public static byte[] Write(BackupManifest manifest)
    {
        var file = ToFile(manifest);
        return
        [
            .. JsonSerializer.SerializeToUtf8Bytes(file with { Checksum = ChecksumOf(file) }, Readable),
            (byte)'\n',
        ];
    }

    /// <summary>Refuses a manifest by its size, before it is read into memory.</summary>
    /// <param name="id">The backup that it is of.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <exception cref="BackupDamagedException">It is too large.</exception>
    public static void RequireSize(string id, long size)
    {
        if (size > MaxSize)
            throw new BackupDamagedException($"The manifest of {id} is too large to be one.");
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="id">The backup that it is of.</param>
    /// <param name="json">What was written.</param>
    /// <returns>The manifest, and why it can not be relied on if its checksum does not fit.</returns>
    /// <exception cref="BackupDamagedException">It is no manifest of this backup.</exception>
    public static (BackupManifest Manifest, string? Damage) Read(string id, ReadOnlySpan<byte> json)
    {
        ManifestFile file;
        try
        {
            file = JsonSerializer.Deserialize<ManifestFile>(json, Compact) ?? throw new JsonException("It is null.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BackupDamagedException($"The manifest of {id} can not be read.", exception);
        }

        if (file.Version != Version)
            throw new BackupDamagedException(
                $"The manifest of {id} has version {file.Version}, and this program knows {Version}."
            );
        if (file.Id != id)
            throw new BackupDamagedException($"The manifest of {id} says that it is of another backup.");
        return (
            ToManifest(file),
            file.Checksum == ChecksumOf(file) ? null : "The manifest was changed: its checksum does not fit."
        );
    }

    private static string ChecksumOf(ManifestFile file) =>
        Convert.ToHexStringLower(
            SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(file with { Checksum = "" }, Compact))
        );

    private static ManifestFile ToFile(BackupManifest manifest) =>
        new(
            Version,
            manifest.Id,
            manifest.CreatedAt.UtcDateTime,
            manifest.Purpose,
            manifest.Format,
            manifest.ToolVersion,
            manifest.ServerVersion,
            manifest.Contents.LastMigration,
            manifest.Sha256,
            manifest.Size,
            manifest.Contents.Tables,
            manifest.Verification is { } verification
                ? new VerificationFile(
                    verification.Difference is null ? Outcome.Passed : Outcome.Failed,
                    verification.At.UtcDateTime,
                    verification.Difference
                )
                : null,
            ""
        );

    private static BackupManifest ToManifest(ManifestFile file) =>
        new()
        {
            Id = file.Id,
            CreatedAt = ToUtc(file.CreatedAt),
            Purpose = file.Purpose,
            Format = file.Format,
            ToolVersion = file.ToolVersion,
            ServerVersion = file.ServerVersion,
            Sha256 = file.Sha256,
            Size = file.Size,
            Contents = new DatabaseContents(file.LastMigration, file.Tables),
            Verification = file.Verification is { } verification
                ? new BackupVerification(ToUtc(verification.At), verification.Difference)
                : null,
        };

    // Whoever changed a time to one without its zone has changed the manifest, which the checksum tells.
    private static DateTimeOffset ToUtc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private sealed record ManifestFile(
        int Version,
        string Id,
        DateTime CreatedAt,
        BackupPurpose Purpose,
        BackupFormat Format,
        string ToolVersion,
        string ServerVersion,
        string? LastMigration,
        string Sha256,
        long Size,
        IReadOnlyList<TableContents> Tables,
        VerificationFile? Verification,
        string Checksum
    );

    private sealed record VerificationFile(Outcome Outcome, DateTime At, string? Difference);

    private enum Outcome
    {
        Passed,
        Failed,
    }
}
