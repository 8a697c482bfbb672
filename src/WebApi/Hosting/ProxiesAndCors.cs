using Microsoft.AspNetCore.HttpOverrides;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>Configures trusted proxies, and requests from pages of other origins (CORS).</summary>
internal static class ProxiesAndCors
{
    /// <summary>How long browsers cache a preflight response.</summary>
    private static readonly TimeSpan _preflightTime = TimeSpan.FromMinutes(10);

    public static void AddProxiesAndCors(this IServiceCollection services, HttpOptions options)
    {
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            // Without the host: nothing depends on it.
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null; // up to the first address that is not a trusted proxy
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in options.TrustedProxies)
                forwarded.KnownIPNetworks.Add(network);
        });
        services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .WithOrigins([.. options.CorsOrigins])
                    .WithMethods("GET", "POST", "PATCH", "DELETE")
                    .AllowAnyHeader()
                    .WithExposedHeaders("X-Request-Id", "Retry-After", "Location")
                    .SetPreflightMaxAge(_preflightTime)
            )
        );
    }

    /// <summary>Adds forwarded headers, before other middleware, which sees the caller, not the proxy.</summary>
    public static void UseTrustedProxies(this WebApplication app, HttpOptions options)
    {
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
    }

    /// <summary>Adds CORS. Before authentication: preflight requests have no credentials.</summary>
    public static void UseOtherOrigins(this WebApplication app, HttpOptions options)
    {
        if (options.CorsOrigins.Count > 0)
            app.UseCors();
    }
}
