using Microsoft.AspNetCore.Authorization;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Authentication;

namespace QrAi.WebApi.Hosting;

/// <summary>Composes how callers prove who they are, as the settings say.</summary>
internal static class Callers
{
    public static void AddCallers(this IServiceCollection services, AuthenticationOptions options) =>
        services.AddCallerAuthentication(
            options.ApiKeys,
            options.Jwt is { } jwt ? new TokenIssuer(jwt.Authority, jwt.Audience) : null
        );

    /// <summary>A group of routes that are open to everybody in development; elsewhere they need a caller, as all do.</summary>
    public static RouteGroupBuilder MapOpenInDevelopment(this WebApplication app)
    {
        var group = app.MapGroup("");
        if (app.Environment.IsDevelopment())
            group.AllowAnonymous();
        else
            // Packages open routes of theirs by themselves.
            ((IEndpointConventionBuilder)group).Finally(RequireCaller);
        return group;
    }

    private static void RequireCaller(EndpointBuilder endpoint)
    {
        foreach (var mark in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
            endpoint.Metadata.Remove(mark);
    }
}
