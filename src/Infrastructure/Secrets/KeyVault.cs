using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// An Azure key vault with settings in it: the secret <c>OPENROUTER-API-KEY</c> is the setting <c>OPENROUTER_API_KEY</c>.
/// Only secrets with the name of a setting are read.
/// </summary>
public sealed class KeyVault
{
    private const int MostAtOnce = 4;
    private const int Retries = 3;

    private readonly KeyVaultOptions _options;
    private readonly IReadOnlySet<string> _names;
    private readonly TimeProvider _clock;
    private readonly Lazy<SecretClient> _client;
    private readonly LastAnswer _last = new();

    /// <summary>Nothing is connected yet.</summary>
    /// <param name="options">Which vault, and how long a reading may take.</param>
    /// <param name="names">The settings that it may have.</param>
    /// <param name="clock">What is expired is so by it.</param>
    /// <param name="credential">Who reads; without it Azure's default credential.</param>
    /// <param name="transport">How requests are sent; without it Azure's own.</param>
    public KeyVault(
        KeyVaultOptions options,
        IReadOnlySet<string> names,
        TimeProvider clock,
        TokenCredential? credential = null,
        HttpPipelineTransport? transport = null
    )
    {
        (_options, _names, _clock) = (options, names, clock);
        // Its credential keeps a token from one reading to the next.
        _client = new(() => Connect(credential ?? new DefaultAzureCredential(), transport));
    }

    /// <summary>Reads it; whatever goes wrong is told by the reading.</summary>
    /// <param name="cancellationToken">Gives up, by an exception.</param>
    public async Task<KeyVaultReading> ReadAsync(CancellationToken cancellationToken)
    {
        if (_options.Url is null)
            return new KeyVaultReading { Url = null, Fault = KeyVaultFault.BadUrl };

        var start = _clock.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        _last.Fault = null;
        try
        {
            // Whatever it waits for that can not be cancelled, nobody waits for it any longer.
            var reading = await Task.Run(() => ReadAllAsync(limit.Token), limit.Token).WaitAsync(limit.Token);
            return reading with { Duration = _clock.GetElapsedTime(start) };
        }
        catch (Exception exception)
            when (!cancellationToken.IsCancellationRequested && KeyVaultFaults.CanDescribe(exception))
        {
            return new KeyVaultReading
            {
                Url = _options.Url,
                Duration = _clock.GetElapsedTime(start),
                Fault = KeyVaultFaults.Describe(exception, _last.Fault, _options),
            };
        }
    }

    private async Task<KeyVaultReading> ReadAllAsync(CancellationToken cancellationToken)
    {
        var client = _client.Value;
        var (found, unusable) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        await foreach (var secret in client.GetPropertiesOfSecretsAsync(cancellationToken))
        {
            // The vault does not tell names apart by their case.
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
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken },
            async (one, stop) =>
            {
                try
                {
                    values[one.Key] = (await client.GetSecretAsync(one.Value, cancellationToken: stop)).Value.Value;
                }
                catch (RequestFailedException exception) when (exception.Status == 404)
                {
                    // It was removed since it was listed.
                }
            }
        );
        return new KeyVaultReading
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
                // Retry-After is obeyed, however long it is; the limit of the whole reading ends it.
                Mode = RetryMode.Exponential,
                MaxRetries = Retries,
                Delay = TimeSpan.FromMilliseconds(400),
                // A request that gets lost is sent again within the limit.
                NetworkTimeout = _options.Timeout / Retries,
            },
        };
        if (transport is not null)
            options.Transport = transport;
        options.AddPolicy(_last, HttpPipelinePosition.BeforeTransport);
        return new SecretClient(_options.Url, credential, options);
    }

    /// <summary>Remembers what went wrong last, for when the limit ends the retries.</summary>
    private sealed class LastAnswer : HttpPipelinePolicy
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
                // The vault asks for a token first, and then one is waited for.
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
            throw new NotSupportedException("Vaults are read asynchronously.");
    }
}
