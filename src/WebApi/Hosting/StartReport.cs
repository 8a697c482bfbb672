using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using QrAi.Application.Models;
using QrAi.Infrastructure.Settings;

namespace QrAi.WebApi.Hosting;

/// <summary>Logs the configuration of the service once, when it listens, with what is missing.</summary>
internal sealed class StartReport(
    IServer server,
    IHostApplicationLifetime lifetime,
    QrAiSettings settings,
    ILogger<StartReport> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Report);
        return Task.CompletedTask;
    }

    private static string Credentials(AuthenticationOptions options) =>
        (options.ApiKeys, options.Jwt) switch
        {
            (true, null) => "an API key",
            (false, { } jwt) => $"a token of {jwt.Authority}",
            (_, var jwt) => $"an API key or a token of {jwt?.Authority}",
        };

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var providers = settings.Llm.Providers.Select(provider => provider.Name).ToList();
        logger.LogInformation(
            "QrAi listens on {Addresses} ({Environment}), try {Docs}",
            string.Join(", ", addresses),
            settings.Environment.Environment.ToString().ToLowerInvariant(),
            $"{addresses.FirstOrDefault()}/docs"
        );
        logger.LogInformation("Database: {Database}", settings.Database.Address.ToString());
        logger.LogInformation(
            "Providers, in the order of failover: {Providers}",
            providers.Count > 0 ? string.Join(", ", providers) : "none"
        );
        if (providers.All(name => name == ModelProviderNames.Offline))
            logger.LogWarning(
                "No language model is configured: set OPENROUTER_API_KEY or GOOGLE_AI_API_KEY, in the environment or in .env"
            );
        if (settings.Authentication.IsRequired)
            logger.LogInformation("Callers authenticate with {Credentials}", Credentials(settings.Authentication));
        else
            logger.LogInformation(
                "Callers are not authenticated (AUTHENTICATION): allow only trusted callers to connect"
            );
    }
}
