using System.Security.Cryptography;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Requests to the blob container, with the connection string as it is now, and with failures in words of our own.</summary>
internal sealed class BlobStorage(BlobContainerAddress address, SecretProvider secrets)
{
    /// <summary>The limit of one HTTP request; a block has to be sent within it.</summary>
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

    /// <summary>Makes the container, unless it exists. One that is reached by its address has to exist.</summary>
    public Task CreateAsync(CancellationToken cancellationToken) =>
        address.ConnectionString is null
            ? Task.CompletedTask
            : Client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);

    /// <summary>Sends requests.</summary>
    /// <param name="what">What could not be done, for the message of a failure: <c>be listed</c>.</param>
    /// <param name="request">Sends them.</param>
    /// <param name="cancellationToken">Cancels them.</param>
    /// <exception cref="BackupFailedException">They failed.</exception>
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
                _ => "it can not be reached",
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

    /// <summary>Writes, reads and removes a blob that is no backup.</summary>
    /// <exception cref="BackupFailedException">One of these cannot be done.</exception>
    public Task ProbeAsync(CancellationToken cancellationToken) =>
        RequestAsync(
            "take, give and remove a blob",
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
                        throw new BackupFailedException("What the storage gives is not what it was given.");
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
