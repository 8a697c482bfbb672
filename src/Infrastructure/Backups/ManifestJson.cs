using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// The JSON format of manifests. The last member is a checksum of all others, so that a changed manifest is detected.
/// </summary>
internal static class ManifestJson
{
    /// <summary>The maximum size of a manifest, in bytes: enough for thousands of tables.</summary>
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

    /// <summary>Rejects a manifest that is too large, before it is read into memory.</summary>
    /// <param name="id">The backup that it is of.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <exception cref="BackupDamagedException">If it is too large.</exception>
    public static void RequireSize(string id, long size)
    {
        if (size > MaxSize)
            throw new BackupDamagedException($"The manifest of {id} is larger than {MaxSize} bytes.");
    }

    /// <summary>Reads a manifest.</summary>
    /// <param name="id">The backup that it is of.</param>
    /// <param name="json">The manifest's JSON.</param>
    /// <returns>The manifest, and a description of the damage if its checksum does not match.</returns>
    /// <exception cref="BackupDamagedException">If it is not a manifest of this backup.</exception>
    public static (BackupManifest Manifest, string? Damage) Read(string id, ReadOnlySpan<byte> json)
    {
        ManifestFile file;
        try
        {
            file = JsonSerializer.Deserialize<ManifestFile>(json, Compact) ?? throw new JsonException("It is null.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new BackupDamagedException($"The manifest of {id} cannot be read.", exception);
        }

        if (file.Version != Version)
            throw new BackupDamagedException(
                $"The manifest of {id} has version {file.Version}; this program supports {Version}."
            );
        if (file.Id != id)
            throw new BackupDamagedException($"The manifest of {id} belongs to another backup.");
        return (
            ToManifest(file),
            file.Checksum == ChecksumOf(file) ? null : "The manifest was changed: its checksum does not match."
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

    // A time without its zone is a changed manifest, which the checksum detects.
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
