using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Callers;

namespace QrAi.WebApi.Hosting;

/// <summary>Composes how callers prove who they are, as the settings say.</summary>
internal static class Callers
{
    public static void AddCallers(this IServiceCollection services, AuthenticationOptions options)
    {
        services.AddSingleton<FailedAttempts>();
        if (options.Jwt is { } jwt)
            services.AddBearerTokens(jwt.Authority, jwt.Audience);
    }

    public static void UseCallers(this WebApplication app, AuthenticationOptions options) =>
        app.UseCallerIdentification(new AcceptedProofs(options.ApiKeys, options.Jwt is not null));

    /// <summary>A group of routes that are open to everybody in development; elsewhere they need a caller, as all do.</summary>
    public static RouteGroupBuilder MapOpenInDevelopment(this WebApplication app)
    {
        var group = app.MapGroup("");
        if (app.Environment.IsDevelopment())
            OpenRoute.Open(group);
        return group;
    }
}
