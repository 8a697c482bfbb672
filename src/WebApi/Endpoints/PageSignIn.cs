using System.Text.Encodings.Web;
using System.Text.Json;
using QrAi.WebApi.Authentication;

namespace QrAi.WebApi.Endpoints;

/// <summary>The client of the issuer as which the page signs people in.</summary>
/// <param name="Id">The id of the client.</param>
/// <param name="Scope">The scopes that the page asks for, separated by spaces.</param>
internal sealed record SignInClient(string Id, string Scope);

/// <summary>What the page needs to sign people in with the issuer of tokens.</summary>
/// <param name="client">The client; null if the page does not sign people in.</param>
/// <param name="issuer">The documents of the issuer; null without tokens.</param>
internal sealed class PageSignIn(SignInClient? client = null, IssuerKeys? issuer = null)
{
    /// <summary>The name of the element that has the settings as JSON.</summary>
    private const string ElementName = "qrai-sign-in";

    /// <summary>Returns the settings as an element of the page, and the origin that the page sends requests to.</summary>
    /// <returns>Null if the page does not sign in, or while the issuer is unavailable.</returns>
    public async Task<(string Element, string Origin)?> FindAsync()
    {
        if (client is null || issuer is null)
            return null;
        try
        {
            var documents = await issuer.GetAsync();
            if (!Uri.TryCreate(documents.TokenEndpoint, UriKind.Absolute, out var tokens))
                return null;
            var json = JsonSerializer.Serialize(
                new
                {
                    authorizationEndpoint = documents.AuthorizationEndpoint,
                    tokenEndpoint = documents.TokenEndpoint,
                    clientId = client.Id,
                    scope = client.Scope,
                }
            );
            return (
                $"<meta name=\"{ElementName}\" content=\"{HtmlEncoder.Default.Encode(json)}\">",
                tokens.GetLeftPart(UriPartial.Authority)
            );
        }
        catch (IssuerUnavailableException)
        {
            return null; // the reading of its documents is logged, and tried again
        }
    }
}
