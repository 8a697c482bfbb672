using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Persistence.Postgres;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Persistence.Replicas;

/// <summary>The verb <c>migrate</c> of a program whose migrations are the tests' own.</summary>
internal sealed class Replica : IAsyncDisposable
{
    public static readonly string[] AllMigrations =
    [
        "20260101000001_Items",
        "20260101000002_Notes",
        "20260101000003_ItemsByName",
        "20260101000004_Prices",
    ];

    private readonly IHost _host;

    public Replica(string databaseUrl, TimeProvider? clock = null)
    {
        var settings = new Dictionary<string, string>
        {
            ["ENVIRONMENT"] = "test",
            ["DATABASE_URL"] = databaseUrl,
            ["DATABASE_TIMEOUT_SECONDS"] = "60",
        };
        _host = QrAiService.BuildForVerbs(
            QrAiSettings.Read([new SettingsLayer("test", settings)]),
            services =>
            {
                services.ConfigureDbContext<PostgresDbContext>(builder =>
                    builder
                        .UseNpgsql(npgsql => npgsql.MigrationsAssembly(typeof(Items).Assembly.GetName().Name))
                        // They make none of the product's tables.
                        .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
                );
                if (clock is not null)
                    services.AddSingleton(clock);
            }
        );
    }

    private ISender Sender => _host.Services.GetRequiredService<ISender>();

    /// <summary>Migrates, and returns the steps that this replica did.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(
        string? to = null,
        bool mayRevert = false,
        CancellationToken cancellationToken = default
    )
    {
        var steps = new List<string>();
        await foreach (var step in Sender.CreateStream(new Migrate(to, mayRevert), cancellationToken))
            steps.Add(step.Direction == MigrationDirection.Up ? step.Migration : $"-{step.Migration}");
        return steps;
    }

    public Task<IReadOnlyList<MigrationDto>> ListAsync() => Sender.Send(new ListMigrations());

    public Task<string> ScriptAsync(string? to = null) => Sender.Send(new ScriptMigrations(to));

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
