using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace QrAi.WebApi.Authentication;

/// <summary>
/// Validates tokens by the keys of their issuer. Claims are validated first, without keys. A token that no known key
/// verifies is validated once more with keys that are read after its arrival.
/// </summary>
/// <param name="keys">The issuer's keys.</param>
internal sealed class IssuerTokenHandler(IssuerKeys keys) : JsonWebTokenHandler
{
    /// <inheritdoc/>
    /// <exception cref="IssuerUnavailableException">The issuer's keys cannot be read.</exception>
    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token,
        TokenValidationParameters validationParameters
    )
    {
        var claims = validationParameters.Clone();
        claims.ValidIssuers = keys.IssuerNames;
        claims.SignatureValidator = ReadSigned;
        var result = await base.ValidateTokenAsync(token, claims);
        if (!result.IsValid)
            return result;

        var signed = validationParameters.Clone();
        result = await ValidateAsync(await keys.GetAsync());
        return result.Exception is SecurityTokenSignatureKeyNotFoundException
            ? await ValidateAsync(await keys.RefreshAsync())
            : result;

        Task<TokenValidationResult> ValidateAsync(OpenIdConnectConfiguration configuration)
        {
            signed.ValidIssuer = configuration.Issuer;
            signed.IssuerSigningKeys = configuration.SigningKeys;
            return base.ValidateTokenAsync(token, signed);
        }
    }

    /// <summary>Accepts any signature with an allowed algorithm, without verifying it.</summary>
    private static JsonWebToken ReadSigned(string text, TokenValidationParameters parameters)
    {
        var token = new JsonWebToken(text);
        Validators.ValidateAlgorithm(token.Alg, securityKey: null, token, parameters);
        return token.EncodedSignature.Length > 0
            ? token
            : throw new SecurityTokenInvalidSignatureException("The token has no signature.");
    }
}
