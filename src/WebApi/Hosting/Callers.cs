using Microsoft.AspNetCore.Authorization;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Authentication;

namespace QrAi.WebApi.Hosting;

/// <summary>Registers authentication by the settings.</summary>
internal static class Callers
{
    public static void AddCallers(this IServiceCollection services, AuthenticationOptions options) =>
        services.AddCallerAuthentication(
            options.ApiKeys,
            options.Jwt is { } jwt ? new TokenIssuer(jwt.Authority, jwt.Audience) : null
        );

    /// <summary>Creates a group of routes that allow anonymous callers in development only.</summary>
    public static RouteGroupBuilder MapOpenInDevelopment(this WebApplication app)
    {
        var group = app.MapGroup("");
        if (app.Environment.IsDevelopment())
            group.AllowAnonymous();
        else
            // Packages allow anonymous callers on their own routes.
            ((IEndpointConventionBuilder)group).Finally(RequireCaller);
        return group;
    }

    private static void RequireCaller(EndpointBuilder endpoint)
    {
        foreach (var anonymous in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
            endpoint.Metadata.Remove(anonymous);
    }
}
