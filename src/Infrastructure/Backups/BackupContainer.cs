using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using QrAi.Application.Backups;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// The blob container with the backups, under the same names as in the folder. A manifest is uploaded last: a dump
/// without one is not a backup.
/// </summary>
internal sealed class BackupContainer(BlobStorage storage)
{
    private const int BlockSize = 8 * 1024 * 1024;

    // A cached manifest is read again only after a change.
    private readonly ConcurrentDictionary<string, (ETag Tag, BackupManifest Manifest, string? Damage)> _cache = new();

    /// <summary>Lists the backups, newest first, without their manifests.</summary>
    public Task<IReadOnlyList<StoredBlob>> ListAsync(CancellationToken cancellationToken) =>
        storage.RequestAsync<IReadOnlyList<StoredBlob>>(
            "be listed",
            async container =>
            {
                var sizes = new Dictionary<string, long>();
                var tags = new Dictionary<string, ETag>();
                var pages = container.GetBlobsAsync(
                    new GetBlobsOptions { Prefix = BackupNames.Prefix },
                    cancellationToken: cancellationToken
                );
                try
                {
                    await foreach (var blob in pages)
                        if (BackupNames.FindId(blob.Name, BackupNames.DumpExtension) is { } dump)
                            sizes[dump] = blob.Properties.ContentLength ?? 0;
                        else if (BackupNames.FindId(blob.Name, BackupNames.ManifestExtension) is { } manifest)
                            tags[manifest] = blob.Properties.ETag ?? default;
                }
                catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
                {
                    return []; // the first upload creates it
                }

                return
                [
                    .. tags.OrderByDescending(tag => tag.Key, StringComparer.Ordinal)
                        .Select(tag => new StoredBlob(
                            tag.Key,
                            tag.Value,
                            sizes.TryGetValue(tag.Key, out var size) ? size : null
                        )),
                ];
            },
            cancellationToken
        );

    /// <summary>Reads the manifest of a listed blob.</summary>
    /// <returns>The backup; null if it has been removed.</returns>
    public async Task<StoredBackup?> ReadAsync(StoredBlob blob, CancellationToken cancellationToken)
    {
        if (!_cache.TryGetValue(blob.Id, out var read) || read.Tag != blob.Tag)
        {
            if (await ReadManifestAsync(blob.Id, cancellationToken) is not { } json)
                return null;
            var (manifest, damage) = ManifestJson.Read(blob.Id, json);
            _cache[blob.Id] = read = (blob.Tag, manifest, damage);
        }

        return new StoredBackup(
            read.Manifest,
            BackupPlaces.Blob,
            read.Damage ?? DumpCheck.FindDamage(read.Manifest, blob.DumpSize, " in the storage")
        );
    }

    /// <summary>Uploads a dump, reads it back to compare its SHA-256, and then uploads its manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="dump">The dump's file.</param>
    /// <param name="cancellationToken">Cancels the upload.</param>
    /// <exception cref="BackupFailedException">If the upload fails.</exception>
    public Task UploadAsync(BackupManifest manifest, string dump, CancellationToken cancellationToken) =>
        storage.RequestAsync(
            $"store {manifest.Id}",
            async container =>
            {
                await storage.CreateAsync(cancellationToken);
                if (await ReadManifestAsync(manifest.Id, cancellationToken) is { } json)
                {
                    if (ManifestJson.Read(manifest.Id, json).Manifest.Sha256 == manifest.Sha256)
                        return;
                    throw new BackupFailedException(
                        $"The storage has another backup with the name {manifest.Id}; it was not replaced."
                    );
                }

                await using (var file = File.OpenRead(dump))
                    await Dump(container, manifest.Id).UploadAsync(file, DumpOptions, cancellationToken);
                await CompareAsync(container, manifest, cancellationToken);
                await UploadManifestAsync(
                    container,
                    manifest,
                    new BlobRequestConditions { IfNoneMatch = ETag.All },
                    cancellationToken
                );
            },
            cancellationToken
        );

    /// <summary>Downloads a dump.</summary>
    public Task DownloadAsync(string id, Stream destination, CancellationToken cancellationToken) =>
        storage.RequestAsync(
            $"read {id}",
            async container =>
            {
                using var response = await Dump(container, id).DownloadToAsync(destination, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Replaces a manifest, unless the backup has been removed.</summary>
    public Task UpdateAsync(BackupManifest manifest, CancellationToken cancellationToken) =>
        storage.RequestAsync(
            $"update {manifest.Id}",
            async container =>
            {
                try
                {
                    await UploadManifestAsync(
                        container,
                        manifest,
                        new BlobRequestConditions { IfMatch = ETag.All },
                        cancellationToken
                    );
                }
                catch (RequestFailedException exception)
                    when (exception.ErrorCode == BlobErrorCode.ConditionNotMet
                        || exception.ErrorCode == BlobErrorCode.BlobNotFound
                    )
                {
                    // The backup has been removed.
                }
            },
            cancellationToken
        );

    /// <summary>Removes a backup, its manifest first.</summary>
    public Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        storage.RequestAsync(
            $"remove {id}",
            async container =>
            {
                await Manifest(container, id).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                await Dump(container, id).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                _cache.TryRemove(id, out _);
            },
            cancellationToken
        );

    private static UploadTransferValidationOptions Md5 => new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 };

    // Each block has a checksum, which the storage verifies before it stores the block.
    private static BlobUploadOptions DumpOptions =>
        new()
        {
            TransferOptions = new StorageTransferOptions
            {
                InitialTransferSize = BlockSize,
                MaximumTransferSize = BlockSize,
                MaximumConcurrency = 2,
            },
            TransferValidation = Md5,
        };

    private static BlobClient Dump(BlobContainerClient container, string id) =>
        container.GetBlobClient(BackupNames.Dump(id));

    private static BlobClient Manifest(BlobContainerClient container, string id) =>
        container.GetBlobClient(BackupNames.Manifest(id));

    private static async Task UploadManifestAsync(
        BlobContainerClient container,
        BackupManifest manifest,
        BlobRequestConditions conditions,
        CancellationToken cancellationToken
    ) =>
        await Manifest(container, manifest.Id)
            .UploadAsync(
                new BinaryData(ManifestJson.Write(manifest)),
                new BlobUploadOptions { Conditions = conditions, TransferValidation = Md5 },
                cancellationToken
            );

    private static async Task CompareAsync(
        BlobContainerClient container,
        BackupManifest manifest,
        CancellationToken cancellationToken
    )
    {
        var dump = Dump(container, manifest.Id);
        await using var stored = await dump.OpenReadAsync(cancellationToken: cancellationToken);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, cancellationToken));
        if (hash == manifest.Sha256)
            return;
        await dump.DeleteIfExistsAsync(cancellationToken: cancellationToken);
        throw new BackupFailedException($"The stored dump of {manifest.Id} differs from the file; it was removed.");
    }

    private Task<byte[]?> ReadManifestAsync(string id, CancellationToken cancellationToken) =>
        storage.RequestAsync<byte[]?>(
            "be read",
            async container =>
            {
                try
                {
                    using var content = new MemoryStream();
                    await using var blob = await Manifest(container, id)
                        .OpenReadAsync(cancellationToken: cancellationToken);
                    ManifestJson.RequireSize($"{id} in the storage", blob.Length);
                    await blob.CopyToAsync(content, cancellationToken);
                    return content.ToArray();
                }
                catch (RequestFailedException exception)
                    when (exception.ErrorCode == BlobErrorCode.BlobNotFound
                        || exception.ErrorCode == BlobErrorCode.ContainerNotFound
                    )
                {
                    return null;
                }
            },
            cancellationToken
        );
}

/// <summary>A listed backup of the container.</summary>
/// <param name="Id">The backup's id.</param>
/// <param name="Tag">The entity tag of its manifest.</param>
/// <param name="DumpSize">The dump's size; null if there is none.</param>
internal sealed record StoredBlob(string Id, ETag Tag, long? DumpSize);
