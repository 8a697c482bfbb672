using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Infrastructure.Backups;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Jobs;

/// <summary>Registers the background jobs of a host.</summary>
public static class JobRegistration
{
    /// <summary>Adds the jobs of a service.</summary>
    /// <param name="services">The services.</param>
    /// <param name="settings">The validated settings.</param>
    public static IServiceCollection AddServiceJobs(this IServiceCollection services, QrAiSettings settings)
    {
        if (settings.KeyVault.IsReloaded)
            services.AddHostedService(provider => provider.GetRequiredService<SecretReload>());
        if (settings.Embeddings.Provider is not null)
            services.AddEmbedding();
        if (settings.Retention.IsOn)
            services.AddSingleton(settings.Retention).AddHostedService<SessionRetention>();
        if (settings.RateLimit.IsOn || settings.Http.StreamsPerCaller > 0)
            services.AddHostedService<LimitSharing>();
        return services
            .AddHostedService<DatabaseStartup>()
            .AddHostedService<TakeoverStart>()
            .AddHostedService<TitleRefolding>()
            .AddHostedService<DocumentReading>()
            .AddHostedService<SessionIndexing>()
            .AddHostedService<KeyUseWriter>()
            .AddHostedService<ReservationCleanup>()
            .AddHostedService<UsageWriter>()
            .AddHostedService<UsageRollUp>()
            .AddHostedService<IdempotencyKeyCleanup>();
    }

    private static void AddEmbedding(this IServiceCollection services)
    {
        services.AddHostedService<EmbeddingQueue>();
        for (var lane = 0; lane < DocumentEmbedding.Concurrency; lane++)
            services.AddSingleton<IHostedService>(provider =>
                ActivatorUtilities.CreateInstance<DocumentEmbedding>(provider)
            );
    }

    /// <summary>Adds the job of the verb <c>backup schedule</c>.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddBackupSchedule(this IServiceCollection services) =>
        services.AddHostedService<BackupSchedule>();
}
