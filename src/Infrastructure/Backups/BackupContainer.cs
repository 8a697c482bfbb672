using System.Collections.Concurrent;
using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>
/// The blob container with the backups, under the same names as in the folder. A manifest is uploaded last: a dump without
/// one is no backup.
/// </summary>
internal sealed class BackupContainer(BlobContainerAddress address, LiveSecrets secrets)
{
    private const int BlockSize = 8 * 1024 * 1024;

    /// <summary>One request; a block has to get through in that time.</summary>
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(100);

    // A manifest is read again only when it has changed.
    private readonly ConcurrentDictionary<string, (ETag Tag, BackupManifest Manifest, string? Damage)> _read = new();
    private volatile Connection? _connection;

    private BlobContainerClient Client
    {
        get
        {
            var connectionString = secrets.StorageConnectionString;
            var connection = _connection;
            if (connection is null || connection.ConnectionString != connectionString)
                _connection = connection = new Connection(
                    connectionString,
                    Connect(address with { ConnectionString = connectionString })
                );
            return connection.Client;
        }
    }

    /// <summary>The backups, newest first, without their manifests: each is read when it is needed.</summary>
    public Task<IReadOnlyList<StoredBlob>> ListAsync(CancellationToken cancellationToken) =>
        Try<IReadOnlyList<StoredBlob>>(
            "be listed",
            async () =>
            {
                var sizes = new Dictionary<string, long>();
                var tags = new Dictionary<string, ETag>();
                var pages = Client.GetBlobsAsync(
                    new GetBlobsOptions { Prefix = "qrai-" },
                    cancellationToken: cancellationToken
                );
                try
                {
                    await foreach (var blob in pages)
                        if (IdOf(blob.Name, ".dump") is { } dump)
                            sizes[dump] = blob.Properties.ContentLength ?? 0;
                        else if (IdOf(blob.Name, ".json") is { } manifest)
                            tags[manifest] = blob.Properties.ETag ?? default;
                }
                catch (RequestFailedException exception) when (exception.ErrorCode == BlobErrorCode.ContainerNotFound)
                {
                    return []; // the first upload makes it
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

    /// <summary>Reads the manifest of a blob that was listed.</summary>
    /// <returns>The backup; null if it has been removed meanwhile.</returns>
    public async Task<StoredBackup?> ReadAsync(StoredBlob blob, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(blob.Id, out var read) || read.Tag != blob.Tag)
        {
            if (await ReadManifestAsync(blob.Id, cancellationToken) is not { } json)
                return null;
            var (manifest, damage) = ManifestJson.Read(blob.Id, json);
            _read[blob.Id] = read = (blob.Tag, manifest, damage);
        }

        var wrongSize =
            blob.DumpSize is not { } size ? "The dump is missing in the storage."
            : size != read.Manifest.Size
                ? $"The dump has {size} bytes in the storage; the manifest says {read.Manifest.Size}."
            : null;
        return new StoredBackup(read.Manifest, BackupPlaces.Blob, read.Damage ?? wrongSize);
    }

    /// <summary>Uploads a dump, reads it back to compare its SHA-256, and then uploads its manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="dump">The dump's file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupFailedException">The storage does not have the backup.</exception>
    public Task UploadAsync(BackupManifest manifest, string dump, CancellationToken cancellationToken) =>
        Try(
            $"take {manifest.Id}",
            async () =>
            {
                if (address.ConnectionString is not null)
                    await Client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                if (await ReadManifestAsync(manifest.Id, cancellationToken) is { } json)
                    return ManifestJson.Read(manifest.Id, json).Manifest.Sha256 == manifest.Sha256
                        ? true
                        : throw new BackupFailedException(
                            $"The storage has another backup of the name {manifest.Id}; it was not replaced."
                        );

                await using (var file = File.OpenRead(dump))
                    await Dump(manifest.Id).UploadAsync(file, UploadOptions, cancellationToken);
                await CompareAsync(manifest, cancellationToken);
                await Manifest(manifest.Id)
                    .UploadAsync(
                        new BinaryData(ManifestJson.Write(manifest)),
                        new BlobUploadOptions
                        {
                            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                            TransferValidation = Md5,
                        },
                        cancellationToken
                    );
                return true;
            },
            cancellationToken
        );

    /// <summary>Downloads a dump.</summary>
    public Task DownloadAsync(string id, Stream destination, CancellationToken cancellationToken) =>
        Try(
            $"give {id}",
            async () =>
            {
                using var response = await Dump(id).DownloadToAsync(destination, cancellationToken);
                return true;
            },
            cancellationToken
        );

    /// <summary>Writes a manifest anew, unless the backup has been removed.</summary>
    public Task UpdateAsync(BackupManifest manifest, CancellationToken cancellationToken) =>
        Try(
            $"update {manifest.Id}",
            async () =>
            {
                try
                {
                    await Manifest(manifest.Id)
                        .UploadAsync(
                            new BinaryData(ManifestJson.Write(manifest)),
                            new BlobUploadOptions
                            {
                                Conditions = new BlobRequestConditions { IfMatch = ETag.All },
                                TransferValidation = Md5,
                            },
                            cancellationToken
                        );
                }
                catch (RequestFailedException exception)
                    when (exception.ErrorCode == BlobErrorCode.ConditionNotMet
                        || exception.ErrorCode == BlobErrorCode.BlobNotFound
                    )
                {
                    // There is nothing to be told of a backup that is gone.
                }

                return true;
            },
            cancellationToken
        );

    /// <summary>Removes a backup, its manifest first.</summary>
    public Task RemoveAsync(string id, CancellationToken cancellationToken) =>
        Try(
            $"remove {id}",
            async () =>
            {
                await Manifest(id).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                await Dump(id).DeleteIfExistsAsync(cancellationToken: cancellationToken);
                _read.TryRemove(id, out _);
                return true;
            },
            cancellationToken
        );

    /// <summary>Does with a blob that is no backup what has to be done with backups, and leaves nothing behind.</summary>
    /// <exception cref="BackupFailedException">Something of it can not be done.</exception>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        Try(
            "take, give and remove a blob",
            async () =>
            {
                if (address.ConnectionString is not null)
                    await Client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
                var content = new BinaryData(RandomNumberGenerator.GetBytes(64));
                var blob = Client.GetBlobClient($"check-{Guid.CreateVersion7():N}");
                await blob.UploadAsync(content, cancellationToken);
                try
                {
                    var stored = await blob.DownloadContentAsync(cancellationToken);
                    return stored.Value.Content.ToMemory().Span.SequenceEqual(content.ToMemory().Span)
                        ? true
                        : throw new BackupFailedException("What the storage gives is not what it was given.");
                }
                finally
                {
                    await blob.DeleteAsync(cancellationToken: cancellationToken);
                }
            },
            cancellationToken
        );

    private static UploadTransferValidationOptions Md5 => new() { ChecksumAlgorithm = StorageChecksumAlgorithm.MD5 };

    // Each block carries its checksum, which the storage compares before it takes the block.
    private static BlobUploadOptions UploadOptions =>
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

    private BlobClient Dump(string id) => Client.GetBlobClient(id + ".dump");

    private BlobClient Manifest(string id) => Client.GetBlobClient(id + ".json");

    private async Task CompareAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        await using var stored = await Dump(manifest.Id).OpenReadAsync(cancellationToken: cancellationToken);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stored, cancellationToken));
        if (hash == manifest.Sha256)
            return;
        await Dump(manifest.Id).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        throw new BackupFailedException($"What the storage has of {manifest.Id} is not what was sent; it was removed.");
    }

    private Task<byte[]?> ReadManifestAsync(string id, CancellationToken cancellationToken) =>
        Try<byte[]?>(
            "be read",
            async () =>
            {
                try
                {
                    using var content = new MemoryStream();
                    await using var blob = await Manifest(id).OpenReadAsync(cancellationToken: cancellationToken);
                    if (blob.Length > ManifestJson.MaxSize)
                        throw new BackupDamagedException(
                            $"The manifest of {id} in the storage is too large to be one."
                        );
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

    private static string? IdOf(string name, string ending) =>
        name.EndsWith(ending, StringComparison.Ordinal) && BackupId.IsValid(name[..^ending.Length])
            ? name[..^ending.Length]
            : null;

    private async Task<T> Try<T>(string what, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (Exception exception)
            when (exception
                    is RequestFailedException
                        or AuthenticationFailedException
                        or AggregateException
                        or IOException
                || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested
            )
        {
            // Only the code: messages have whole requests in them, with headers and addresses.
            var reason = exception switch
            {
                RequestFailedException { ErrorCode: { Length: > 0 } code } => code,
                AuthenticationFailedException => "no credential was accepted",
                _ => "it can not be reached",
            };
            throw new BackupFailedException($"The blob storage ({address}) could not {what}: {reason}.", exception);
        }
    }

    private sealed record Connection(string? ConnectionString, BlobContainerClient Client);

    private static BlobContainerClient Connect(BlobContainerAddress address)
    {
        var options = new BlobClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = 3,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(8),
                NetworkTimeout = RequestTime,
            },
        };
        return address.Url is { } url
            ? new BlobContainerClient(url, new DefaultAzureCredential(), options)
            : new BlobContainerClient(address.ConnectionString, address.Name, options);
    }
}

/// <summary>A backup in the container, as a listing shows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Tag">Of its manifest.</param>
/// <param name="DumpSize">The dump's size; null if there is none.</param>
internal sealed record StoredBlob(string Id, ETag Tag, long? DumpSize);
