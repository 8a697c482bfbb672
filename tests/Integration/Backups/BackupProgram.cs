using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QrAi.Application.Backups;
using QrAi.Infrastructure.Secrets;
using QrAi.Infrastructure.Settings;
using QrAi.WebApi.Hosting;

namespace QrAi.Tests.Integration.Backups;

/// <summary>The application composed for verbs.</summary>
public sealed class BackupProgram : IAsyncDisposable
{
    private readonly IHost _host;

    private BackupProgram(IHost host) => _host = host;

    /// <summary>The sender that verbs use.</summary>
    public ISender Sender => _host.Services.GetRequiredService<ISender>();

    /// <summary>Starts its jobs, as <c>backup schedule</c> does.</summary>
    public Task StartAsync() => _host.StartAsync();

    /// <summary>Stops its jobs.</summary>
    public Task StopAsync() => _host.StopAsync();

    /// <summary>Composes the application.</summary>
    /// <param name="settings">Its settings, in addition to those of a test.</param>
    /// <param name="clock">Its clock; by default the machine's.</param>
    /// <param name="vault">A key vault with further settings, and its content.</param>
    /// <param name="archive">Decorates the archive of backups, if set.</param>
    public static BackupProgram Create(
        Dictionary<string, string> settings,
        TimeProvider? clock,
        Func<IServiceProvider, IBackupArchive, IBackupArchive>? archive,
        (KeyVault Vault, KeyVaultResult Reading)? vault = null
    )
    {
        var values = new Dictionary<string, string>
        {
            ["ENVIRONMENT"] = "test",
            ["LLM_PROVIDERS"] = "offline",
            ["DATABASE_TIMEOUT_SECONDS"] = "60",
        };
        foreach (var (name, value) in settings)
            values[name] = value;
        return new BackupProgram(
            QrAiService.BuildForVerbs(
                QrAiSettings.Read(
                    vault is { Reading: var reading }
                        ? [new SettingsLayer("test", values), reading.ToLayer()]
                        : [new SettingsLayer("test", values)]
                ),
                services =>
                {
                    if (vault is { Vault: var connected })
                        services.AddSingleton(connected);
                    if (clock is not null)
                        services.AddSingleton(clock);
                    if (archive is null)
                        return;
                    var own = services.Last(service => service.ServiceType == typeof(IBackupArchive));
                    services.AddSingleton(provider =>
                        archive(provider, (IBackupArchive)own.ImplementationFactory!(provider))
                    );
                }
            )
        );
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
