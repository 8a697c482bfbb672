using System.Globalization;
using System.Net;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Each provider is reached and takes its key. It is asked for something that costs no tokens: by OpenRouter's own list of
/// models, which is open to everybody, a key is not tried, so it is asked what it knows of the key.
/// </summary>
internal sealed class ProvidersCheck(LlmOptions options, IHttpClientFactory http, TimeProvider clock) : IDeploymentCheck
{
    private static readonly Uri Models = new("models", UriKind.Relative);

    /// <summary>Nobody waits longer for a list than for a first token.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    public string Name => CheckNames.Providers;

    public bool IsConfigured => options.Providers.Count > 0;

    public async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            return CheckOutcome.Failed("No provider is configured.", "Set OPENROUTER_API_KEY or GOOGLE_AI_API_KEY.");

        var findings = await Task.WhenAll(options.Providers.Select(provider => FindAsync(provider, cancellationToken)));
        var all = options.Providers.Select(provider => provider.Name).Zip(findings).ToList();
        var detail = string.Join("; ", all.Select(one => $"{one.First} {one.Second.Seen}"));
        var next = string.Join(" ", findings.Select(finding => finding.Next).OfType<string>().Distinct());
        return (next.Length == 0 ? CheckOutcome.Ok(detail) : CheckOutcome.Failed($"{detail}.", next)) with
        {
            Facts = all.ToDictionary(one => one.First, one => one.Second.Seen),
        };
    }

    private async Task<Finding> FindAsync(LlmProviderOptions provider, CancellationToken cancellationToken)
    {
        if (provider.BaseUrl is null)
            return new Finding("answers without a network, and is no language model");

        var wait = options.FirstToken < LongestWait ? options.FirstToken : LongestWait;
        var reach = $"Look at {provider.Profile.BaseUrlSetting}, and whether this machine may connect to it.";
        using var limit = new CancellationTokenSource(wait, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = http.CreateClient(provider.Name);
            var start = clock.GetTimestamp();
            using var response = await AskAsync(client, provider.Profile.KeyPath, stop.Token);
            return Judge(response, provider, clock.GetElapsedTime(start));
        }
        catch (HttpRequestException exception)
        {
            return new Finding(
                exception.HttpRequestError switch
                {
                    HttpRequestError.NameResolutionError => "has an address whose host is not known",
                    HttpRequestError.SecureConnectionError => "has a certificate that is not trusted",
                    _ => "cannot be reached",
                },
                reach
            );
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new Finding(
                string.Create(CultureInfo.InvariantCulture, $"did not answer within {wait.TotalSeconds:0.#} s"),
                reach
            );
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(
        HttpClient client,
        string? keyPath,
        CancellationToken cancellationToken
    )
    {
        if (keyPath is not null)
        {
            var response = await GetAsync(new Uri(keyPath, UriKind.Relative));
            if (response.StatusCode != HttpStatusCode.NotFound)
                return response;
            // Another server of the same protocol is in its place.
            response.Dispose();
        }

        return await GetAsync(Models);

        Task<HttpResponseMessage> GetAsync(Uri path) =>
            client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static Finding Judge(HttpResponseMessage response, LlmProviderOptions provider, TimeSpan took)
    {
        const string Wait = "Wait, or put another provider first in LLM_PROVIDERS.";
        var status = (int)response.StatusCode;
        var isJson =
            response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            == true;
        var (key, hasKey) = (provider.Profile.KeySetting, provider.ApiKey is not null);
        var address = $"Look at {provider.Profile.BaseUrlSetting}.";
        return status switch
        {
            200 when isJson => new Finding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(hasKey ? "takes the key" : "answers without a key")} ({took.TotalMilliseconds:0} ms)"
                )
            ),
            401 or 403 when hasKey => new Finding($"refuses the key ({status})", $"Look at {key}."),
            401 or 403 => new Finding($"wants a key ({status})", $"Set {key}."),
            // What Google AI says of a key that it does not know.
            400 => new Finding(
                $"refuses the request ({status})",
                $"Look at {key} and {provider.Profile.BaseUrlSetting}."
            ),
            402 => new Finding($"has no credit left ({status})", $"Add credit to the account of {key}."),
            429 => new Finding($"is asked too often ({status})", Wait),
            >= 500 => new Finding($"fails ({status})", Wait),
            < 300 => new Finding($"does not answer as an API does ({status})", address),
            _ => new Finding($"has no API at its address ({status})", address),
        };
    }

    /// <param name="Seen">What was seen of a provider, after its name.</param>
    /// <param name="Next">What to do about it; null if nothing is wrong.</param>
    private sealed record Finding(string Seen, string? Next = null);
}
