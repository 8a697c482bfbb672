using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Reads the key vault again from time to time, so that secrets can be replaced without a restart. What cannot be read or
/// used changes nothing.
/// </summary>
internal sealed class SecretReload(
    KeyVault vault,
    LiveSecrets secrets,
    QrAiSettings settings,
    TimeProvider clock,
    ILogger<SecretReload> logger
) : PeriodicJob(clock, logger)
{
    private IReadOnlyList<SettingsLayer> _layers = settings.Layers;

    protected override TimeSpan Period => settings.KeyVault.ReloadInterval;

    /// <summary>Reads the vault once, and takes the secrets that can be used.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var reading = await vault.ReadAsync(cancellationToken);
        if (reading.Fault is { } fault)
        {
            logger.LogWarning(
                "Secrets stay as they are: the {Vault} {What}; {Next}",
                reading.Name,
                fault.What,
                fault.Next
            );
            return;
        }

        var (before, layers) = (new SettingsReader(_layers), SettingsSource.With(_layers, reading));
        var now = new SettingsReader(layers);
        var read = QrAiSettings.Read(now);
        var bad = now.Problems.Select(problem => problem.Name).ToHashSet();
        foreach (var name in bad)
            logger.LogWarning("{Setting} can not be used as it is now, and stays as it was", name);

        var otherDatabase = secrets.IsOtherDatabase(read);
        var taken = secrets.Take(
            read,
            // One that is gone from the vault stays in use, whatever a file says.
            name =>
                reading.Values.ContainsKey(name)
                && !bad.Contains(name)
                && !(name == DatabaseOptions.UrlName && otherDatabase)
        );
        foreach (var name in taken)
            logger.LogInformation("{Setting} has been replaced", name);
        var others = NamesIn(_layers).Union(reading.Values.Keys).Except(taken).Except(bad);
        foreach (var name in others.Where(name => before.Find(name) != now.Find(name)))
            if (!reading.Values.ContainsKey(name))
                logger.LogWarning(
                    "{Setting} is gone from the key vault, and stays as it was until the next start",
                    name
                );
            else
                logger.LogWarning("{Setting} has changed in the key vault, and is used from the next start on", name);
        _layers = layers;
    }

    private static IEnumerable<string> NamesIn(IEnumerable<SettingsLayer> layers) =>
        layers.SelectMany(layer => layer.KeyVault?.Values.Keys ?? []);

    protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
    {
        await ReloadAsync(stoppingToken);
        return true;
    }
}
