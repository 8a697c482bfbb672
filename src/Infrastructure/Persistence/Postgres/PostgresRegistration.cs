using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Persistence.Postgres;

/// <summary>Registers PostgreSQL.</summary>
internal static class PostgresRegistration
{
    public static IServiceCollection AddPostgres(
        this IServiceCollection services,
        PostgresAddress address,
        DatabaseOptions options
    )
    {
        services.AddSingleton<PostgresFaults>();
        services.AddSingleton(provider =>
        {
            var builder = new NpgsqlDataSourceBuilder(ConnectionString(address, options));
            builder.UseLoggerFactory(provider.GetRequiredService<ILoggerFactory>());
            return builder.Build();
        });
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

    private static string ConnectionString(PostgresAddress address, DatabaseOptions options)
    {
        var timeout = (int)Math.Ceiling(options.Timeout.TotalSeconds);
        return new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.Port,
            Database = address.Database,
            Username = address.User,
            Password = address.Password,
            // Each kind of encryption that is tried has the whole time limit for itself.
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = Enum.Parse<Npgsql.SslMode>(address.SslMode.ToString()),
            ApplicationName = "qrai",
            MinPoolSize = options.PoolSize,
            MaxPoolSize = options.PoolSize + options.MaxOverflow,
            Timeout = timeout,
            CommandTimeout = timeout,
            // The caller has waited long enough: break the connection rather than wait for the cancellation.
            CancellationTimeout = -1,
            // No statement here leaves anything behind in its session, so there is nothing to reset at every use.
            NoResetOnClose = true,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
        }.ConnectionString;
    }
}
