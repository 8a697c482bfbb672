using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Reads settings from an Azure key vault: the secret <c>OPENROUTER-API-KEY</c> is the setting <c>OPENROUTER_API_KEY</c>.
/// Only secrets with the name of a setting are read.
/// </summary>
public sealed class KeyVault
{
    private const int MaxConcurrency = 4;
    private const int MaxRetries = 3;

    private readonly KeyVaultOptions _options;
    private readonly IReadOnlySet<string> _names;
    private readonly TimeProvider _clock;
    private readonly Lazy<SecretClient> _client;
    private readonly LastFaultPolicy _lastFault = new();

    /// <summary>Creates a reader, which connects on first use.</summary>
    /// <param name="options">The vault's address and the time limit.</param>
    /// <param name="names">The settings that the vault may have.</param>
    /// <param name="clock">Determines which secrets are valid.</param>
    /// <param name="credential">The credential; null for Azure's default credential.</param>
    /// <param name="transport">The HTTP transport; null for Azure's default transport.</param>
    public KeyVault(
        KeyVaultOptions options,
        IReadOnlySet<string> names,
        TimeProvider clock,
        TokenCredential? credential = null,
        HttpPipelineTransport? transport = null
    )
    {
        (_options, _names, _clock) = (options, names, clock);
        // The client is reused, as its credential caches the token.
        _client = new(() => Connect(credential ?? new DefaultAzureCredential(), transport));
    }

    /// <summary>Reads the vault; the result reports a fault.</summary>
    /// <param name="cancellationToken">Cancels the reading with an exception.</param>
    public async Task<KeyVaultResult> ReadAsync(CancellationToken cancellationToken)
    {
        if (_options.Url is null)
            return new KeyVaultResult { Url = null, Fault = KeyVaultFault.BadUrl };

        var start = _clock.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        _lastFault.Fault = null;
        try
        {
            // The limit also applies to operations that do not support cancellation.
            var reading = await Task.Run(() => ReadAllAsync(limit.Token), limit.Token).WaitAsync(limit.Token);
            return reading with { Duration = _clock.GetElapsedTime(start) };
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested && KeyVaultFaults.CanDescribe(exception))
        {
            return new KeyVaultResult
            {
                Url = _options.Url,
                Duration = _clock.GetElapsedTime(start),
                Fault = KeyVaultFaults.Describe(exception, _lastFault.Fault, _options),
            };
        }
    }

    private async Task<KeyVaultResult> ReadAllAsync(CancellationToken cancellationToken)
    {
        var client = _client.Value;
        var (found, unusable) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        await foreach (var secret in client.GetPropertiesOfSecretsAsync(cancellationToken))
        {
            // Names of secrets are case-insensitive.
            var setting = secret.Name.Replace('-', '_').ToUpperInvariant();
            if (!_names.Contains(setting))
                continue;
            if (WhyUnusable(secret) is { } reason)
                unusable[setting] = reason;
            else
                found[setting] = secret.Name;
        }

        var values = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            found,
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellationToken },
            async (one, stop) =>
            {
                try
                {
                    values[one.Key] = (await client.GetSecretAsync(one.Value, cancellationToken: stop)).Value.Value;
                }
                catch (RequestFailedException exception) when (exception.Status == 404)
                {
                    // The secret was removed after it was listed.
                }
            }
        );
        return new KeyVaultResult
        {
            Url = _options.Url,
            Values = values,
            Unusable = unusable,
        };
    }

    private string? WhyUnusable(SecretProperties secret)
    {
        var now = _clock.GetUtcNow();
        return secret.Enabled == false ? "is disabled"
            : secret.ExpiresOn <= now ? "has expired"
            : secret.NotBefore > now ? "is not valid yet"
            : null;
    }

    private SecretClient Connect(TokenCredential credential, HttpPipelineTransport? transport)
    {
        var options = new SecretClientOptions
        {
            Retry =
            {
                // Retry-After is respected, up to the time limit of the reading.
                Mode = RetryMode.Exponential,
                MaxRetries = MaxRetries,
                Delay = TimeSpan.FromMilliseconds(400),
                // A lost request is retried within the time limit.
                NetworkTimeout = _options.Timeout / MaxRetries,
            },
        };
        if (transport is not null)
            options.Transport = transport;
        options.AddPolicy(_lastFault, HttpPipelinePosition.BeforeTransport);
        return new SecretClient(_options.Url, credential, options);
    }

    /// <summary>Stores the last fault, which explains a time limit that ends the retries.</summary>
    private sealed class LastFaultPolicy : HttpPipelinePolicy
    {
        private volatile KeyVaultFault? _fault;

        public KeyVaultFault? Fault
        {
            get => _fault;
            set => _fault = value;
        }

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            try
            {
                await ProcessNextAsync(message, pipeline);
                var response = message.Response;
                // The vault challenges the first request; from then on the client waits for a token.
                _fault =
                    response.Status == 401 && !message.Request.Headers.Contains(HttpHeader.Names.Authorization)
                        ? KeyVaultFaults.NoTokenInTime
                        : KeyVaultFaults.OfStatus(response.Status, response.ReasonPhrase, null);
            }
            catch (Exception exception)
            {
                _fault = KeyVaultFaults.OfConnection(exception);
                throw;
            }
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("Synchronous requests are not supported.");
    }
}
