using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Components;
using QrAi.WebApp.Api;

namespace QrAi.WebApp.Browser;

/// <summary>
/// Signs the person in with the issuer of tokens: authorization code with PKCE (RFC 6749, RFC 7636). The framework's own part
/// loads a script and hidden frames for it, which the content policy of the page would have to allow.
/// </summary>
/// <param name="module">Reads the settings, which the service writes into the page.</param>
/// <param name="storage">Keeps the attempt, and the token that refreshes.</param>
/// <param name="keys">Gets the access token.</param>
/// <param name="navigation">Leads to the issuer and back.</param>
/// <param name="http">Sends requests to the issuer.</param>
/// <param name="clock">Measures how long a token is valid.</param>
public sealed class SignIn(
    PageModule module,
    BrowserStorage storage,
    ApiKeyStore keys,
    NavigationManager navigation,
    IssuerHttp http,
    TimeProvider clock
)
{
    private const string AttemptName = "qrai.sign-in";
    private const string TokenName = "qrai.refresh";

    /// <summary>A token is refreshed this long before it expires.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(30);

    private bool _isRead;
    private SignInSettings? _settings;

    private string ReturnAddress => $"{navigation.BaseUri}signed-in";

    /// <summary>Returns the settings; null if the service does not sign people in.</summary>
    public async Task<SignInSettings?> FindAsync()
    {
        if (_isRead)
            return _settings;
        _settings = await module.TextOfAsync("signInSettings") is { } json
            ? JsonSerializer.Deserialize(json, ContractJson.Default.SignInSettings)
            : null;
        _isRead = true;
        return _settings;
    }

    /// <summary>Leads to the issuer.</summary>
    public async Task BeginAsync()
    {
        if (await FindAsync() is not { } settings)
            return;
        var attempt = new SignInAttempt(Random(), Random(), navigation.ToBaseRelativePath(navigation.Uri));
        await storage.WriteAsync(
            BrowserStorage.Session,
            AttemptName,
            JsonSerializer.Serialize(attempt, ContractJson.Default.SignInAttempt)
        );
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier)));
        navigation.NavigateTo(
            navigation.GetUriWithQueryParameters(
                settings.AuthorizationEndpoint,
                new Dictionary<string, object?>
                {
                    ["response_type"] = "code",
                    ["client_id"] = settings.ClientId,
                    ["redirect_uri"] = ReturnAddress,
                    ["scope"] = settings.Scope,
                    ["state"] = attempt.State,
                    ["code_challenge"] = challenge,
                    ["code_challenge_method"] = "S256",
                }
            ),
            forceLoad: true
        );
    }

    /// <summary>Completes the sign-in, after the issuer has led back.</summary>
    /// <param name="code">The code of the issuer; null if it refused.</param>
    /// <param name="state">The state that the page had sent.</param>
    /// <returns>Where the person was; null if the sign-in failed.</returns>
    public async Task<string?> CompleteAsync(string? code, string? state)
    {
        var json = await storage.ReadAsync(BrowserStorage.Session, AttemptName);
        await storage.WriteAsync(BrowserStorage.Session, AttemptName, null);
        var attempt = json is null ? null : JsonSerializer.Deserialize(json, ContractJson.Default.SignInAttempt);
        // Another state: somebody else has begun the sign-in.
        if (attempt is null || code is null || state != attempt.State)
            return null;
        var isDone = await ExchangeAsync(
            new()
            {
                ["grant_type"] = "authorization_code",
                ["code"] = code,
                ["redirect_uri"] = ReturnAddress,
                ["code_verifier"] = attempt.Verifier,
            }
        );
        return isDone ? $"/{attempt.ReturnTo}" : null;
    }

    /// <summary>Gets another token, if the present one is about to expire and can be refreshed.</summary>
    public async Task RefreshAsync()
    {
        if (await storage.ReadAsync(BrowserStorage.Session, TokenName) is not { } json)
            return;
        var token = JsonSerializer.Deserialize(json, ContractJson.Default.RefreshToken)!;
        if (clock.GetUtcNow() < token.ExpiresAt - _margin)
            return;
        // Once: if it fails, the next request is refused, and the person signs in again.
        await storage.WriteAsync(BrowserStorage.Session, TokenName, null);
        await ExchangeAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token.Token }, isQuiet: true);
    }

    private async Task<bool> ExchangeAsync(Dictionary<string, string> parameters, bool isQuiet = false)
    {
        if (await FindAsync() is not { } settings)
            return false;
        parameters["client_id"] = settings.ClientId;
        if (await http.ExchangeAsync(settings.TokenEndpoint, parameters) is not { AccessToken: { } access } tokens)
            return false;
        var refresh = tokens is { RefreshToken: { } text, ExpiresIn: { } seconds }
            ? JsonSerializer.Serialize(
                new RefreshToken(text, clock.GetUtcNow().AddSeconds(seconds)),
                ContractJson.Default.RefreshToken
            )
            : null;
        await storage.WriteAsync(BrowserStorage.Session, TokenName, refresh);
        await keys.SetAsync(access, isForGood: false, isQuiet);
        return true;
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
