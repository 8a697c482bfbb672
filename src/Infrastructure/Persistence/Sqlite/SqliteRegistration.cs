using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Documents;
using QrAi.Application.Embeddings;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.Application.Usage;
using QrAi.Application.Work;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Sqlite;

/// <summary>Registers SQLite.</summary>
internal static class SqliteRegistration
{
    public static IServiceCollection AddSqlite(
        this IServiceCollection services,
        SqliteAddress address,
        DatabaseOptions options
    )
    {
        var file = new SqliteFile(address.Path, options.Timeout);
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file.Path,
            ForeignKeys = true,
            DefaultTimeout = (int)Math.Ceiling(options.Timeout.TotalSeconds),
        }.ConnectionString;

        services.AddSingleton(_ => file);
        services.AddSingleton<SqliteFaults>().AddSingleton<DatabaseFaults>(p => p.GetRequiredService<SqliteFaults>());
        services.AddSingleton<IDatabaseCapacity, SqliteCapacity>();
        services.AddSingleton<IDatabaseInspector, SqliteInspector>();
        services
            .AddSingleton<SqliteStatements>()
            .AddSingleton<ITurnStore, SqliteTurnStore>()
            .AddSingleton<IAnswerStore, SqliteAnswerStore>()
            .AddSingleton<IWorkerStore, SqliteWorkerStore>()
            .AddSingleton<IDocumentQueueStore, SqliteDocumentQueueStore>()
            .AddSingleton<IEmbeddingQueueStore, SqliteEmbeddingQueueStore>()
            .AddSingleton<ISessionIndexStore, SqliteSessionIndexStore>()
            .AddSingleton<IUsageStore, SqliteUsageStore>()
            .AddSingleton<IInactiveSessionStore, SqliteInactiveSessionStore>();
        return services.AddDatabase<SqliteDbContext, SqliteMigrator>(
            (provider, builder) =>
                builder
                    .UseSqlite(
                        connectionString,
                        sqlite =>
                            sqlite.ExecutionStrategy(dependencies => new DatabaseExecutionStrategy(
                                dependencies,
                                provider.GetRequiredService<SqliteFaults>(),
                                options.Timeout
                            ))
                    )
                    .AddInterceptors(new SqliteConnectionSettings(options.Timeout))
        );
    }
}
