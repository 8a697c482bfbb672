using System.Globalization;
using System.Net;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Checks that each provider is reachable and accepts its key, by a request that costs no tokens. OpenRouter's list of models
/// is public and does not verify the key, so the check requests information about the key instead.
/// </summary>
internal sealed class ProvidersCheck(LlmOptions options, IHttpClientFactory http, TimeProvider clock) : IDeploymentCheck
{
    private static readonly Uri Models = new("models", UriKind.Relative);

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    public string Name => CheckNames.Providers;

    public bool IsConfigured => options.Providers.Count > 0;

    public async Task<CheckOutcome> RunAsync(CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            return CheckOutcome.Failed("No provider is configured.", "Set OPENROUTER_API_KEY or GOOGLE_AI_API_KEY.");

        var findings = await Task.WhenAll(options.Providers.Select(provider => FindAsync(provider, cancellationToken)));
        var all = options.Providers.Select(provider => provider.Name).Zip(findings).ToList();
        var detail = string.Join("; ", all.Select(one => $"{one.First} {one.Second.Detail}"));
        var next = string.Join(" ", findings.Select(finding => finding.Next).OfType<string>().Distinct());
        return (next.Length == 0 ? CheckOutcome.Ok(detail) : CheckOutcome.Failed($"{detail}.", next)) with
        {
            Facts = all.ToDictionary(one => one.First, one => one.Second.Detail),
        };
    }

    private async Task<Finding> FindAsync(LlmProviderOptions provider, CancellationToken cancellationToken)
    {
        if (provider.BaseUrl is null)
            return new Finding("answers without a network, and is no language model");

        var wait = options.FirstToken < MaxWait ? options.FirstToken : MaxWait;
        var reach = $"Check {provider.Profile.BaseUrlSetting}, and that this machine can connect to it.";
        using var limit = new CancellationTokenSource(wait, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var client = http.CreateClient(provider.Name);
            var start = clock.GetTimestamp();
            using var response = await SendAsync(client, provider.Profile.KeyPath, stop.Token);
            return Interpret(response, provider, clock.GetElapsedTime(start));
        }
        catch (HttpRequestException exception)
        {
            return new Finding(
                exception.HttpRequestError switch
                {
                    HttpRequestError.NameResolutionError => "has an unknown host in its address",
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

    private static async Task<HttpResponseMessage> SendAsync(
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
            // The address belongs to another server of the same protocol.
            response.Dispose();
        }

        return await GetAsync(Models);

        Task<HttpResponseMessage> GetAsync(Uri path) =>
            client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static Finding Interpret(HttpResponseMessage response, LlmProviderOptions provider, TimeSpan duration)
    {
        const string Wait = "Wait, or put another provider first in LLM_PROVIDERS.";
        var status = (int)response.StatusCode;
        var isJson =
            response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            == true;
        var (key, hasKey) = (provider.Profile.KeySetting, provider.ApiKey is not null);
        var address = $"Check {provider.Profile.BaseUrlSetting}.";
        return status switch
        {
            200 when isJson => new Finding(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(hasKey ? "accepts the key" : "answers without a key")} ({duration.TotalMilliseconds:0} ms)"
                )
            ),
            401 or 403 when hasKey => new Finding($"rejects the key ({status})", $"Check {key}."),
            401 or 403 => new Finding($"requires a key ({status})", $"Set {key}."),
            // Google AI's response to an unknown key.
            400 => new Finding(
                $"rejects the request ({status})",
                $"Check {key} and {provider.Profile.BaseUrlSetting}."
            ),
            402 => new Finding($"has no credit left ({status})", $"Add credit to the account of {key}."),
            429 => new Finding($"limits the rate of requests ({status})", Wait),
            >= 500 => new Finding($"fails ({status})", Wait),
            < 300 => new Finding($"does not respond with JSON ({status})", address),
            _ => new Finding($"has no API at its address ({status})", address),
        };
    }

    /// <param name="Detail">The state of a provider, to be printed after its name.</param>
    /// <param name="Next">The action for the operator; null if none is needed.</param>
    private sealed record Finding(string Detail, string? Next = null);
}
