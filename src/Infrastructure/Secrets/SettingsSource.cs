using System.Runtime.CompilerServices;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Puts the layers of settings together, the strongest first: environment, key vault, <c>.env.{environment}</c>,
/// <c>.env</c>.
/// </summary>
public static class SettingsSource
{
    /// <summary>Reads all layers.</summary>
    /// <param name="directory">Where to begin looking for the files.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<SettingsLayer>> ReadAsync(
        string directory,
        CancellationToken cancellationToken
    )
    {
        var layers = EnvironmentFiles.Read(directory);
        var reader = new SettingsReader(layers);
        var options = KeyVaultOptions.Read(reader);
        return reader.Find(KeyVaultOptions.UrlName) is null
            ? layers
            : With(layers, await ReadVaultAsync(options, layers, cancellationToken));
    }

    /// <summary>On its own, so that Azure's libraries are not even loaded where there is no vault.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<KeyVaultReading> ReadVaultAsync(
        KeyVaultOptions options,
        IReadOnlyList<SettingsLayer> layers,
        CancellationToken cancellationToken
    ) => new KeyVault(options, SettingNames.InKeyVault(layers), TimeProvider.System).ReadAsync(cancellationToken);

    /// <summary>Puts a vault behind the environment, in the place of the one that is there.</summary>
    internal static IReadOnlyList<SettingsLayer> With(IReadOnlyList<SettingsLayer> layers, KeyVaultReading reading) =>
        [layers[0], reading.ToLayer(), .. layers.Skip(1).Where(layer => layer.KeyVault is null)];
}
