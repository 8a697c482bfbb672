using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Reloads the key vault periodically, so that secrets can be rotated without a restart. An unreadable vault or an invalid
/// secret changes nothing.
/// </summary>
internal sealed class SecretReload(
    KeyVault vault,
    SecretProvider secrets,
    QrAiSettings settings,
    TimeProvider clock,
    ILogger<SecretReload> logger
) : PeriodicJob(clock, logger)
{
    private IReadOnlyList<SettingsLayer> _layers = settings.Layers;

    protected override TimeSpan Period => settings.KeyVault.ReloadInterval;

    /// <summary>Reads the vault once, and updates the secrets that are valid.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var reading = await vault.ReadAsync(cancellationToken);
        if (reading.Fault is { } fault)
        {
            logger.LogWarning(
                "Secrets remain unchanged: the {Vault} {Problem}; {Next}",
                reading.Name,
                fault.Problem,
                fault.Next
            );
            return;
        }

        var (before, layers) = (new SettingsReader(_layers), SettingsSource.With(_layers, reading));
        var after = new SettingsReader(layers);
        var newer = QrAiSettings.Read(after);
        var invalid = after.Problems.Select(problem => problem.Name).ToHashSet();
        foreach (var name in invalid)
            logger.LogWarning("{Setting} is invalid and remains unchanged", name);

        var isOtherDatabase = secrets.IsOtherDatabase(newer);
        var updated = secrets.Update(
            newer,
            // A secret that was removed from the vault remains in use, even if a file has a value.
            name =>
                reading.Values.ContainsKey(name)
                && !invalid.Contains(name)
                && !(name == DatabaseOptions.UrlName && isOtherDatabase)
        );
        foreach (var name in updated)
            logger.LogInformation("{Setting} has been replaced", name);
        var others = NamesIn(_layers).Union(reading.Values.Keys).Except(updated).Except(invalid);
        foreach (var name in others.Where(name => before.Find(name) != after.Find(name)))
            if (!reading.Values.ContainsKey(name))
                logger.LogWarning(
                    "{Setting} was removed from the key vault and remains unchanged until the next start",
                    name
                );
            else
                logger.LogWarning("{Setting} has changed in the key vault and takes effect at the next start", name);
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
