using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Authentication;

/// <summary>An OpenID Connect issuer whose tokens are accepted.</summary>
/// <param name="Authority">The issuer, which has its discovery document below this address.</param>
/// <param name="Audience">The audience that a token must be for.</param>
internal sealed record TokenIssuer(Uri Authority, string Audience);

/// <summary>Registers the scheme that authenticates callers by an issuer's tokens.</summary>
internal static class IssuerTokens
{
    /// <summary>The most bytes of a document of the issuer.</summary>
    private const int MaxDocumentSize = 1024 * 1024;

    // Public keys only: with a shared secret anybody who can verify a token could make one. "none" is no algorithm at all.
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

    // RFC 9068 has the second for access tokens; many issuers name no type. Others are for other purposes, such as logouts.
    private static readonly string[] _types = ["JWT", "at+jwt", "application/at+jwt"];

    /// <summary>Adds the scheme.</summary>
    /// <param name="authentication">Where to.</param>
    /// <param name="issuer">Whose tokens are accepted.</param>
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
                    // So the framework reads no keys itself; IssuerKeys says why.
                    options.Authority = null;
                    options.TokenHandlers.Clear();
                    options.TokenHandlers.Add(new IssuerTokenHandler(keys));
                    options.TokenValidationParameters = CreateParameters(issuer.Audience);
                    options.Events = new JwtBearerEvents { OnTokenValidated = IdentifyAsync };
                }
            );
    }

    /// <summary>What a token has to be, but for the issuer and its keys.</summary>
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

    // A token's own claims stay behind, or one could name another owner.
    private static Task IdentifyAsync(TokenValidatedContext context)
    {
        var token = (JsonWebToken)context.SecurityToken;
        var owner = Owners.OfToken(token.Issuer, token.Subject);
        context.Principal = CallerIdentity.Create(owner, context.Scheme.Name);
        return Task.CompletedTask;
    }

    private static HttpDocumentRetriever CreateRetriever(Uri authority) =>
        new(
            new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = IssuerKeys.RefreshInterval })
            {
                MaxResponseContentBufferSize = MaxDocumentSize,
                Timeout = IssuerKeys.LongestWait, // of each request; a reading has its own limit
            }
        )
        {
            // Settings refuse http to anywhere but this machine in production.
            RequireHttps = authority.Scheme == Uri.UriSchemeHttps,
        };
}
