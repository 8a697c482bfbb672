using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>Registers the secrets and their reload.</summary>
public static class SecretRegistration
{
    internal static IServiceCollection AddSecrets(this IServiceCollection services, QrAiSettings settings)
    {
        services.AddSingleton(new SecretProvider(settings));
        var vault = settings.KeyVault;
        if (!vault.IsReloaded)
            return services;
        services.AddSingleton(provider => new KeyVault(
            vault,
            SettingNames.InKeyVault(settings.Layers),
            provider.GetRequiredService<TimeProvider>()
        ));
        return services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SecretReload>(provider, settings));
    }

    /// <summary>Logs a warning if the service runs without its key vault, as no required secret is missing.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="settings">The settings.</param>
    public static void WarnWithoutKeyVault(this IServiceProvider services, QrAiSettings settings)
    {
        var reader = new SettingsReader(settings.Layers);
        if (reader.KeyVault is not { Fault: { } fault } reading)
            return;
        services
            .GetRequiredService<ILoggerFactory>()
            .CreateLogger(typeof(KeyVault).FullName!)
            .LogWarning(
                "The {Vault} {Problem}; {Next}. The environment has all required secrets; these are not set: {Missing}",
                reading.Name,
                fault.Problem,
                fault.Next,
                string.Join(
                    ", ",
                    SettingsResult
                        .Of(settings.Layers)
                        .Names.Where(name => SettingNames.IsSecret(name) && reader.Find(name) is null)
                        .Order()
                )
            );
    }
}
