using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application.Migrations;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Setup;

/// <summary>What a verb works in: the application as it is composed for verbs, which is not started.</summary>
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
                    // A slow machine is no reason to give anything up.
                    ["DATABASE_TIMEOUT_SECONDS"] = "60",
                }
            ),
        ]),
        configure
    );

    private ISender Sender => _host.Services.GetRequiredService<ISender>();

    public Task<T> SendAsync<T>(IRequest<T> request) => Sender.Send(request);

    /// <summary>What a verb does first that works with what is in the database.</summary>
    public Task RequireSchemaAsync() => Sender.Send(new RequireSchema());

    /// <summary>Migrates, backwards too, and returns the steps; those back have a minus before them.</summary>
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
