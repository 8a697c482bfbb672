using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using QrAi.Domain.Callers;

namespace QrAi.WebApi.Callers;

/// <summary>Verifies tokens of an OpenID Connect issuer, whose keys are found by its discovery document.</summary>
internal static class BearerTokens
{
    /// <summary>How long the issuer may take to hand out its keys.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(5);

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

    /// <summary>Takes the tokens of an issuer.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="authority">The issuer.</param>
    /// <param name="audience">Whom a token has to be made for.</param>
    public static void AddBearerTokens(this IServiceCollection services, Uri authority, string audience)
    {
        services
            .AddAuthentication()
            .AddJwtBearer(options =>
            {
                options.Authority = authority.AbsoluteUri;
                options.Audience = audience;
                // Settings refuse http to anywhere but this machine in production.
                options.RequireHttpsMetadata = authority.Scheme == Uri.UriSchemeHttps;
                options.MapInboundClaims = false;
                options.BackchannelTimeout = _longestWait;
                // A key that is not known yet is asked for at once, and then no more often than this.
                options.RefreshInterval = TimeSpan.FromSeconds(30);
                options.TokenValidationParameters = new TokenValidationParameters
                {
                    ValidAlgorithms = _algorithms,
                    RequireSignedTokens = true,
                    RequireExpirationTime = true,
                    ClockSkew = TimeSpan.FromSeconds(30),
                };
            });
        // A key that the issuer has withdrawn is good for nothing, not for another hour.
        services.PostConfigure<JwtBearerOptions>(
            JwtBearerDefaults.AuthenticationScheme,
            options => ((BaseConfigurationManager)options.ConfigurationManager!).UseLastKnownGoodConfiguration = false
        );
    }

    /// <summary>Finds out whom a token names.</summary>
    /// <param name="context">The request that it came with.</param>
    /// <param name="token">The token.</param>
    /// <returns>The owner, or why there is none, for the log.</returns>
    /// <exception cref="ForbiddenException">It is valid, but names nobody.</exception>
    /// <exception cref="IssuerUnavailableException">Its issuer cannot be asked for its keys.</exception>
    public static async Task<(string? Owner, string? Refusal)> CheckAsync(HttpContext context, string token)
    {
        if (!new JsonWebTokenHandler().CanReadToken(token))
            return (null, "not a token");

        await RequireKeysAsync(context);
        var result = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        if (!result.Succeeded)
            return (null, result.Failure?.GetType().Name ?? "no token");

        var issuer = result.Principal.FindFirst(JwtRegisteredClaimNames.Iss)!.Value;
        var owner = Owners.OfToken(issuer, result.Principal.FindFirst(JwtRegisteredClaimNames.Sub)?.Value);
        return owner is not null ? (owner, null) : throw new ForbiddenException("The token has no usable subject.");
    }

    // Without the issuer's keys the handler would call every token invalid, which callers take for a reason to give up.
    private static async Task RequireKeysAsync(HttpContext context)
    {
        var options = context
            .RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(JwtBearerDefaults.AuthenticationScheme);
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        try
        {
            await options
                .ConfigurationManager!.GetConfigurationAsync(context.RequestAborted)
                .WaitAsync(_longestWait, clock, context.RequestAborted);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new IssuerUnavailableException(exception);
        }
    }
}
