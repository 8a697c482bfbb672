using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using QrAi.Application.Documents;
using QrAi.Application.Embeddings;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Registers PostgreSQL.</summary>
internal static class PostgresRegistration
{
    /// <summary>The pool's name in the metrics of the meter <c>Npgsql</c>.</summary>
    private const string PoolName = "qrai";

    public static IServiceCollection AddPostgres(
        this IServiceCollection services,
        PostgresAddress address,
        DatabaseOptions options
    )
    {
        services
            .AddSingleton<PostgresFaults>()
            .AddSingleton<DatabaseFaults>(p => p.GetRequiredService<PostgresFaults>());
        services
            .AddSingleton<PostgresCapacity>()
            .AddSingleton<IDatabaseCapacity>(p => p.GetRequiredService<PostgresCapacity>());
        services.AddSingleton<IDatabaseInspector, PostgresInspector>();
        services
            .AddSingleton<PostgresStatements>()
            .AddSingleton<PostgresClock>()
            .AddSingleton<ITurnStore, PostgresTurnStore>()
            .AddSingleton<IAnswerStore, PostgresAnswerStore>()
            .AddSingleton<IWorkerStore, PostgresWorkerStore>()
            .AddSingleton<IDocumentQueueStore, PostgresDocumentQueueStore>()
            .AddSingleton<IEmbeddingQueueStore, PostgresEmbeddingQueueStore>()
            .AddSingleton<ISessionIndexStore, PostgresSessionIndexStore>()
            .AddSingleton<IUsageStore, PostgresUsageStore>()
            .AddSingleton<IInactiveSessionStore, PostgresInactiveSessionStore>();
        services.AddSingleton(provider =>
        {
            var builder = new NpgsqlDataSourceBuilder(PostgresConnection.ForService(address, options));
            // Without it the pool's name in metrics would be host, database and user.
            builder.Name = PoolName;
            builder.UsePasswordOf(provider.GetRequiredService<SecretProvider>());
            builder.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            return builder.Build();
        });
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddNpgsql());
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddNpgsqlInstrumentation());
        return services.AddDatabase<PostgresDbContext, PostgresMigrator>(
            (provider, builder) =>
                builder.UseNpgsql(
                    provider.GetRequiredService<NpgsqlDataSource>(),
                    npgsql =>
                        npgsql
                            .SetPostgresVersion(15, 0)
                            .ExecutionStrategy(dependencies => new DatabaseExecutionStrategy(
                                dependencies,
                                provider.GetRequiredService<PostgresFaults>(),
                                options.Timeout
                            ))
                )
        );
    }
}
