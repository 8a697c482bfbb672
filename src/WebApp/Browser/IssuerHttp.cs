using System.Net.Http.Json;
using System.Text.Json;
using QrAi.WebApp.Api;

namespace QrAi.WebApp.Browser;

/// <summary>Sends requests to the issuer of tokens, without the person's key.</summary>
/// <param name="http">Sends them.</param>
public sealed class IssuerHttp(HttpClient http)
{
    /// <summary>Exchanges a code or a token for tokens.</summary>
    /// <param name="endpoint">The address of the issuer.</param>
    /// <param name="parameters">The form.</param>
    /// <returns>The tokens; null if the issuer refuses, or cannot be reached.</returns>
    public async Task<TokenResponse?> ExchangeAsync(string endpoint, IReadOnlyDictionary<string, string> parameters)
    {
        try
        {
            using var form = new FormUrlEncodedContent(parameters);
            using var response = await http.PostAsync(new Uri(endpoint), form);
            return response.IsSuccessStatusCode
                ? await response.Content.ReadFromJsonAsync(ContractJson.Default.TokenResponse)
                : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException)
        {
            return null; // the caller says that the sign-in failed
        }
    }
}
