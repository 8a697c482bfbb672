using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>An OpenID Connect issuer whose tokens are accepted.</summary>
/// <param name="Authority">The issuer's address, the base of the address of its discovery document.</param>
/// <param name="Audience">The audience that a token must have.</param>
internal sealed record TokenIssuer(Uri Authority, string Audience);

/// <summary>Registers the scheme that authenticates callers by an issuer's tokens.</summary>
internal static class IssuerTokens
{
    /// <summary>The maximum size of an issuer's document, in bytes.</summary>
    private const int MaxDocumentSize = 1024 * 1024;

    /// <summary>The scope of tokens whose callers may add and delete documents that all owners can read.</summary>
    private const string ShareScope = "qrai.share";

    // Public-key algorithms only: a shared secret that verifies tokens can also sign them. "none" is not accepted.
    private static readonly string[] _algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    // RFC 9068 defines the second for access tokens; many issuers set no type. Others are for logouts and the like.
    private static readonly string[] _types = ["JWT", "at+jwt", "application/at+jwt"];

    /// <summary>Adds the scheme.</summary>
    /// <param name="authentication">The authentication builder.</param>
    /// <param name="issuer">The issuer whose tokens are accepted.</param>
    public static void AddIssuerTokens(this AuthenticationBuilder authentication, TokenIssuer issuer)
    {
        authentication.Services.AddSingleton(services => new IssuerKeys(
            issuer.Authority,
            CreateRetriever(issuer.Authority),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<IssuerKeys>>()
        ));
        authentication.Services.AddHostedService(services => services.GetRequiredService<IssuerKeys>());
        authentication.AddJwtBearer();
        authentication
            .Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IssuerKeys>(
                (options, keys) =>
                {
                    // Prevents the framework from reading keys itself; see IssuerKeys.
                    options.Authority = null;
                    options.TokenHandlers.Clear();
                    options.TokenHandlers.Add(new IssuerTokenHandler(keys));
                    options.TokenValidationParameters = CreateParameters(issuer.Audience);
                    options.Events = new JwtBearerEvents { OnTokenValidated = IdentifyAsync };
                }
            );
    }

    /// <summary>Creates the validation parameters, except for the issuer and its keys.</summary>
    internal static TokenValidationParameters CreateParameters(string audience) =>
        new()
        {
            ValidAudience = audience,
            ValidAlgorithms = _algorithms,
            TypeValidator = ValidateType,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(30),
        };

    private static string ValidateType(string? type, SecurityToken token, TokenValidationParameters parameters) =>
        string.IsNullOrEmpty(type) || _types.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? type ?? ""
            : throw new SecurityTokenInvalidTypeException("The token is of another type.");

    // A token's own claims are dropped: one could name another owner.
    private static Task IdentifyAsync(TokenValidatedContext context)
    {
        var token = (JsonWebToken)context.SecurityToken;
        var owner = Owners.OfToken(token.Issuer, token.Subject);
        context.Principal = CallerIdentity.Create(owner, context.Scheme.Name, ScopesOf(token).Contains(ShareScope));
        return Task.CompletedTask;
    }

    // "scope" is the claim of RFC 9068, a list separated by spaces; Microsoft Entra ID calls it "scp".
    private static IEnumerable<string> ScopesOf(JsonWebToken token) =>
        token.Claims.Where(claim => claim.Type is "scope" or "scp").SelectMany(claim => claim.Value.Split(' '));

    private static HttpDocumentRetriever CreateRetriever(Uri authority) =>
        new(
            new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = IssuerKeys.RefreshInterval })
            {
                MaxResponseContentBufferSize = MaxDocumentSize,
                Timeout = IssuerKeys.MaxWait, // of each request; IssuerKeys limits each read
            }
        )
        {
            // In production, the settings accept http only for this machine.
            RequireHttps = authority.Scheme == Uri.UriSchemeHttps,
        };
}
