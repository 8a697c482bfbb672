using Microsoft.AspNetCore.HttpOverrides;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>What stands between the service and its callers: proxies that may speak for them, and pages of other origins.</summary>
internal static class Edge
{
    /// <summary>Browsers ask again after so long.</summary>
    private static readonly TimeSpan _preflightTime = TimeSpan.FromMinutes(10);

    public static void AddEdge(this IServiceCollection services, HttpOptions options)
    {
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            // Not the host: nothing here depends on it.
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            forwarded.ForwardLimit = null; // back to the first address that is no proxy of ours
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

    /// <summary>Comes first: everything else sees the caller, not the proxy.</summary>
    public static void UseTrustedProxies(this WebApplication app, HttpOptions options)
    {
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
    }

    /// <summary>Comes before callers are asked who they are, which browsers do not say when they ask whether they may ask.</summary>
    public static void UseOtherOrigins(this WebApplication app, HttpOptions options)
    {
        if (options.CorsOrigins.Count > 0)
            app.UseCors();
    }
}
