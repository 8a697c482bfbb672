using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Persistence.Postgres;

namespace QrAi.Tests.Integration.Persistence.Replicas;

/// <summary>The verb <c>migrate</c> of a program with the migrations of these tests.</summary>
internal sealed class Replica(string databaseUrl, TimeProvider? clock = null) : IAsyncDisposable
{
    public static readonly string[] AllMigrations =
    [
        "20260101000001_Items",
        "20260101000002_Notes",
        "20260101000003_ItemsByName",
        "20260101000004_Prices",
    ];

    private readonly Verbs _verbs = new(
        databaseUrl,
        services =>
        {
            services.ConfigureDbContext<PostgresDbContext>(builder =>
                builder
                    .UseNpgsql(npgsql => npgsql.MigrationsAssembly(typeof(Items).Assembly.GetName().Name))
                    // They do not create the tables of the product.
                    .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            );
            if (clock is not null)
                services.AddSingleton(clock);
        }
    );

    /// <summary>Migrates, and returns the steps of this replica.</summary>
    public Task<IReadOnlyList<string>> MigrateAsync(
        string? to = null,
        bool mayRevert = false,
        CancellationToken cancellationToken = default
    ) => _verbs.MigrateAsync(to, mayRevert, cancellationToken);

    public Task<IReadOnlyList<MigrationDto>> ListAsync() => _verbs.SendAsync(new ListMigrations());

    public Task<string> ScriptAsync() => _verbs.SendAsync(new ScriptMigrations(null));

    public ValueTask DisposeAsync() => _verbs.DisposeAsync();
}
