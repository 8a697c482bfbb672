using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Sends requests to the blob container with the current connection string, and maps failures.</summary>
internal sealed class BlobStorage(BlobContainerAddress address, SecretProvider secrets)
{
    /// <summary>The time limit of an HTTP request, including the upload of a block.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(100);

    private volatile Connection? _connection;

    private BlobContainerClient Client
    {
        get
        {
            var connectionString = secrets.StorageConnectionString;
            var connection = _connection;
            if (connection is null || connection.ConnectionString != connectionString)
                _connection = connection = new Connection(connectionString, Connect(connectionString));
            return connection.Client;
        }
    }

    /// <summary>Creates the container, unless it exists. A container given by its URL must exist.</summary>
    public Task CreateAsync(CancellationToken cancellationToken) =>
        address.ConnectionString is null
            ? Task.CompletedTask
            : Client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Sends requests.</summary>
    /// <param name="what">The operation, for the message of a failure: <c>be listed</c>.</param>
    /// <param name="request">The requests.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="BackupFailedException">If a request fails.</exception>
    public async Task<T> RequestAsync<T>(
        string what,
        Func<BlobContainerClient, Task<T>> request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await request(Client);
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
            // Only the code: messages contain whole requests, with headers and addresses.
            var reason = exception switch
            {
                RequestFailedException { ErrorCode: { Length: > 0 } code } => code,
                AuthenticationFailedException => "no credential was accepted",
                _ => "it cannot be reached",
            };
            throw new BackupFailedException($"The blob storage ({address}) could not {what}: {reason}.", exception);
        }
    }

    /// <inheritdoc cref="RequestAsync{T}"/>
    public Task RequestAsync(
        string what,
        Func<BlobContainerClient, Task> request,
        CancellationToken cancellationToken
    ) =>
        RequestAsync(
            what,
            async client =>
            {
                await request(client);
                return true;
            },
            cancellationToken
        );

    /// <summary>Writes, reads and removes a probe blob.</summary>
    /// <exception cref="BackupFailedException">If one of these fails.</exception>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        RequestAsync(
            "write, read and remove a blob",
            async container =>
            {
                await CreateAsync(cancellationToken);
                var content = new BinaryData(RandomNumberGenerator.GetBytes(64));
                var blob = container.GetBlobClient($"check-{Guid.CreateVersion7():N}");
                await blob.UploadAsync(content, cancellationToken);
                try
                {
                    var stored = await blob.DownloadContentAsync(cancellationToken);
                    if (!stored.Value.Content.ToMemory().Span.SequenceEqual(content.ToMemory().Span))
                        throw new BackupFailedException("A stored blob differs from the uploaded one.");
                }
                finally
                {
                    await blob.DeleteAsync(cancellationToken: cancellationToken);
                }
            },
            cancellationToken
        );

    private BlobContainerClient Connect(string? connectionString)
    {
        var options = new BlobClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = 3,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(8),
                NetworkTimeout = RequestTimeout,
            },
        };
        return address.Url is { } url
            ? new BlobContainerClient(url, new DefaultAzureCredential(), options)
            : new BlobContainerClient(connectionString, address.Name, options);
    }

    private sealed record Connection(string? ConnectionString, BlobContainerClient Client);
}
