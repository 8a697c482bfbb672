using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Backups;
using QrAi.Application.Checks;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Backups;

/// <summary>Registers backups.</summary>
internal static class BackupRegistration
{
    public static IServiceCollection AddBackups(this IServiceCollection services, BackupOptions options, string check)
    {
        services.AddSingleton(options).AddSingleton(options.Retention);
        services.AddSingleton<IBackupDatabases, BackupDatabases>();
        services.AddSingleton<BackupFolder>();
        if (options.Container is { } container)
            services
                .AddSingleton(provider => new BlobStorage(container, provider.GetRequiredService<SecretProvider>()))
                .AddSingleton<BackupContainer>();
        services.AddSingleton<IBackupArchive>(provider => new BackupArchive(
            provider.GetRequiredService<BackupFolder>(),
            provider.GetService<BackupContainer>()
        ));
        services.AddSingleton<IDeploymentCheck, StorageCheck>();
        services.AddSingleton<VerifiedBackups>();
        services.AddHealthChecks().AddCheck<BackupHealth>(check);
        return services;
    }
}
