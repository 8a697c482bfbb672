using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Setup;

/// <summary>The application composed for verbs, which is not started.</summary>
/// <param name="databaseUrl">Its <c>DATABASE_URL</c>.</param>
/// <param name="configure">Replaces services.</param>
public sealed class Verbs(string databaseUrl, Action<IServiceCollection>? configure = null) : IAsyncDisposable
{
    private readonly IHost _host = QrAiService.BuildForVerbs(
        QrAiSettings.Read([
            new SettingsLayer(
                "test",
                new Dictionary<string, string>
                {
                    ["ENVIRONMENT"] = "test",
                    ["DATABASE_URL"] = databaseUrl,
                    // Tolerates a slow machine.
                    ["DATABASE_TIMEOUT_SECONDS"] = "60",
                }
            ),
        ]),
        configure
    );

    /// <summary>The services of the application.</summary>
    public IServiceProvider Services => _host.Services;

    private ISender Sender => _host.Services.GetRequiredService<ISender>();

    public Task<T> SendAsync<T>(IRequest<T> request) => Sender.Send(request);

    /// <summary>Checks the schema, as verbs do before they use the database.</summary>
    public Task RequireSchemaAsync() => Sender.Send(new RequireSchema());

    /// <summary>Migrates up or down, and returns the steps; those down have a minus sign.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(
        string? to,
        bool mayRevert = true,
        CancellationToken cancellationToken = default
    )
    {
        var steps = new List<string>();
        await foreach (var step in Sender.CreateStream(new Migrate(to, mayRevert), cancellationToken))
            steps.Add(step.Direction == MigrationDirection.Up ? step.Migration : $"-{step.Migration}");
        return steps;
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
