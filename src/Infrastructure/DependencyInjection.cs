using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QrAi.Application.Callers;
using QrAi.Application.Checks;
using QrAi.Application.Documents;
using QrAi.Application.Embeddings;
using QrAi.Application.Migrations;
using QrAi.Application.Models;
using QrAi.Application.OwnerData;
using QrAi.Application.Persistence;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Infrastructure.Backups;
using QrAi.Infrastructure.Documents;
using QrAi.Infrastructure.Llm;
using QrAi.Infrastructure.Persistence;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Persistence.Sqlite;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;
using QrAi.Infrastructure.Telemetry;

namespace QrAi.Infrastructure;

/// <summary>Registers what this layer gives.</summary>
public static class DependencyInjection
{
    /// <summary>The name of the health check of the database, which readiness includes.</summary>
    public const string DatabaseCheck = "database";

    /// <summary>The name of the health check of the providers.</summary>
    public const string ProvidersCheck = "providers";

    /// <summary>The name of the health check of the backups.</summary>
    public const string BackupsCheck = "backups";

    /// <summary>Adds the database, its backups and the providers.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">The validated settings.</param>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, QrAiSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings.Database).AddSingleton(settings.Llm).AddSingleton(settings.Embeddings);
        services.AddSingleton(new DocumentSizeLimit(settings.Documents.MaxSize));
        services.AddDocumentFormats(settings.Documents.Timeout);
        services.AddSingleton(new WorkOptions(settings.Environment.Lease));
        services.AddSingleton(settings.Usage.Prices);
        if (settings.RateLimit is { IsOn: true } rate)
            services.AddSingleton(provider => new QuestionLimit(
                rate.PerMinute,
                rate.Burst,
                provider.GetRequiredService<TimeProvider>()
            ));
        if (settings.Http.StreamsPerCaller is > 0 and var streams)
            services.AddSingleton(new StreamCounts(streams));
        return services
            .AddSecrets(settings)
            .AddPersistence(settings.Database)
            .AddBackups(settings.Backups, BackupsCheck)
            .AddLlm(settings.Llm, settings.Documents, settings.Embeddings);
    }

    /// <summary>Adds the checks of the settings, and of what they come from. They need nothing else.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="reading">What reading the settings came to.</param>
    public static IServiceCollection AddSettingsChecks(this IServiceCollection services, SettingsResult reading)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton<IDeploymentCheck>(new EnvironmentCheck(reading))
            .AddSingleton<IDeploymentCheck>(new KeyVaultCheck(reading));
    }

    private static IServiceCollection AddPersistence(this IServiceCollection services, DatabaseOptions options)
    {
        services.AddSingleton<DatabaseState>();
        services.AddSingleton(new MigrationOptions(options.MigrateOnStart));
        services.AddSingleton<IDatabaseGate>(provider => provider.GetRequiredService<DatabaseState>());
        if (options.Address is PostgresAddress postgres)
            services.AddPostgres(postgres, options);
        else
            services.AddSqlite((SqliteAddress)options.Address, options);
        services.AddHealthChecks().AddCheck<DatabaseHealth>(DatabaseCheck);
        services.AddSingleton<IDeploymentCheck, DatabaseCheck>();
        return services;
    }

    /// <summary>Adds one of the databases behind the ports.</summary>
    internal static IServiceCollection AddDatabase<TContext, TMigrator>(
        this IServiceCollection services,
        Action<IServiceProvider, DbContextOptionsBuilder> configure
    )
        where TContext : QrAiDbContext
        where TMigrator : class, IDatabaseMigrator
    {
        services.AddPooledDbContextFactory<TContext>(
            (provider, builder) =>
            {
                configure(provider, builder);
                builder.UseSnakeCaseNamingConvention();
            }
        );
        services.AddSingleton<IQrAiDbContextFactory, QrAiDbContextFactory<TContext>>();
        services.AddSingleton<IOwnedTables, OwnedTables>();
        return services.AddSingleton<IDatabaseMigrator, TMigrator>();
    }

    private static IServiceCollection AddLlm(
        this IServiceCollection services,
        LlmOptions options,
        DocumentOptions documents,
        EmbeddingOptions embeddings
    )
    {
        services.AddSingleton(
            new GenerationOptions
            {
                TotalTime = options.Total,
                HistoryTurns = options.HistoryMessages / 2,
                SystemPrompt = options.SystemPrompt,
                Passages = documents.AnswerPassages,
            }
        );
        services.AddSingleton(new VectorCacheOptions(embeddings.MaxMemory));
        services.AddSingleton<ITokenCounter, TokenCounter>();
        services.AddSingleton<IEmbeddingModels, EmbeddingModels>();
        LlmProviderOptions?[] providers = [.. options.Providers, embeddings.Provider];
        foreach (var provider in providers.OfType<LlmProviderOptions>().DistinctBy(provider => provider.Name))
            if (provider.BaseUrl is not null)
                services.AddProviderHttpClient(provider);

        services.AddHttpClient();
        services.AddSingleton<ModelProviders>();
        services.AddSingleton<IModelProviders>(provider => provider.GetRequiredService<ModelProviders>());
        services.AddHealthChecks().AddCheck<ProviderHealth>(ProvidersCheck);
        services.AddSingleton<IDeploymentCheck, ProvidersCheck>();
        return services;
    }

    private static void AddProviderHttpClient(this IServiceCollection services, LlmProviderOptions provider) =>
        services
            .AddHttpClient(
                provider.Name,
                http =>
                {
                    http.BaseAddress = provider.BaseUrl;
                    http.Timeout = Timeout.InfiniteTimeSpan; // the failover limits every wait
                    foreach (var (name, value) in provider.Profile.Headers)
                        http.DefaultRequestHeaders.Add(name, value);
                }
            )
            .AddHttpMessageHandler(scope => new ApiKeyHandler(
                provider.Name,
                scope.GetRequiredService<SecretProvider>()
            ))
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false, // the key goes to this host and no other
                    ActivityHeadersPropagator = TraceParentPropagator.Instance,
                    AutomaticDecompression = DecompressionMethods.None,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                    UseCookies = false,
                }
            )
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
}
