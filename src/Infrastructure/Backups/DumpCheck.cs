using System.Security.Cryptography;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>Compares dumps with their manifests.</summary>
internal static class DumpCheck
{
    /// <summary>Compares a dump's size.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="size">The dump's size; null if there is no dump.</param>
    /// <param name="place">Where the dump is, with a leading space; empty for the folder.</param>
    /// <returns>The difference; null if there is none.</returns>
    public static string? FindDamage(BackupManifest manifest, long? size, string place = "") =>
        size is null ? $"The dump is missing{place}."
        : size != manifest.Size ? $"The dump has {size} bytes{place}; the manifest says {manifest.Size}."
        : null;

    /// <summary>Compares a dump's size and SHA-256.</summary>
    /// <exception cref="BackupDamagedException">If they differ, or if there is no dump.</exception>
    /// <exception cref="BackupFailedException">If the dump cannot be read.</exception>
    public static async Task RequireIntactAsync(
        string path,
        BackupManifest manifest,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var file = File.OpenRead(path);
            if (FindDamage(manifest, file.Length) is { } damage)
                throw new BackupDamagedException(damage);
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
            if (hash != manifest.Sha256)
                throw new BackupDamagedException($"The dump has SHA-256 {hash}; the manifest says {manifest.Sha256}.");
        }
        catch (FileNotFoundException exception)
        {
            throw new BackupDamagedException(FindDamage(manifest, size: null)!, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BackupFailedException($"The dump cannot be read: {exception.Message}", exception);
        }
    }
}
