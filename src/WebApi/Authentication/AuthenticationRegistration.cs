using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace QrAi.WebApi.Authentication;

/// <summary>Registers the authentication of callers. A route requires it unless it allows anonymous callers.</summary>
internal static class AuthenticationRegistration
{
    /// <summary>The default scheme, which forwards to the scheme of the credential that the caller sent.</summary>
    public const string CallerScheme = "Caller";

    /// <summary>Adds the schemes of the accepted credentials, and the policy of routes without their own.</summary>
    /// <param name="services">The services.</param>
    /// <param name="apiKeys">Whether API keys of this service are accepted.</param>
    /// <param name="tokens">The issuer of accepted tokens; null for none. Without both, none is required.</param>
    public static void AddCallerAuthentication(this IServiceCollection services, bool apiKeys, TokenIssuer? tokens)
    {
        // There is no default scheme: it would read the credentials of anonymous routes too.
        var authentication = services
            .AddAuthentication()
            .AddPolicyScheme(
                CallerScheme,
                displayName: null,
                scheme => scheme.ForwardDefaultSelector = context => ChooseScheme(context, apiKeys, tokens is not null)
            );
        if (apiKeys)
            authentication.AddScheme<AuthenticationSchemeOptions, ApiKeyAuthenticationHandler>(
                ApiKeyAuthenticationHandler.SchemeName,
                configureOptions: null
            );
        if (tokens is not null)
            authentication.AddIssuerTokens(tokens);
        if (!apiKeys && tokens is null)
            authentication.AddScheme<AuthenticationSchemeOptions, AnonymousAuthenticationHandler>(
                AnonymousAuthenticationHandler.SchemeName,
                configureOptions: null
            );

        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(
                new AuthorizationPolicyBuilder(CallerScheme)
                    .RequireAuthenticatedUser()
                    .AddRequirements(new OwnerRequirement())
                    .Build()
            );
        services.AddTransient<IPolicyEvaluator, CallerPolicyEvaluator>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, CallerAuthorizationResultHandler>();
        services.AddSingleton<FailedAttempts>();
    }

    private static string ChooseScheme(HttpContext context, bool apiKeys, bool tokens) =>
        (apiKeys, tokens) switch
        {
            (true, true) when BearerCredential.IsApiKey(context.Request) => ApiKeyAuthenticationHandler.SchemeName,
            (_, true) => JwtBearerDefaults.AuthenticationScheme,
            (true, _) => ApiKeyAuthenticationHandler.SchemeName,
            _ => AnonymousAuthenticationHandler.SchemeName,
        };
}
