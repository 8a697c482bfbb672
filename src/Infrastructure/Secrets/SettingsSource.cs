using System.Runtime.CompilerServices;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Secrets;

/// <summary>
/// Combines the layers of settings, the strongest first: environment, key vault, <c>.env.{environment}</c>, <c>.env</c>.
/// </summary>
public static class SettingsSource
{
    /// <summary>Reads all layers.</summary>
    /// <param name="directory">The folder to search first for the files.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
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

    /// <summary>A separate method, so that Azure's libraries are loaded only if there is a vault.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<KeyVaultResult> ReadVaultAsync(
        KeyVaultOptions options,
        IReadOnlyList<SettingsLayer> layers,
        CancellationToken cancellationToken
    ) => new KeyVault(options, SettingNames.InKeyVault(layers), TimeProvider.System).ReadAsync(cancellationToken);

    /// <summary>Inserts a key vault after the environment, and replaces an earlier one.</summary>
    internal static IReadOnlyList<SettingsLayer> With(IReadOnlyList<SettingsLayer> layers, KeyVaultResult reading) =>
        [layers[0], reading.ToLayer(), .. layers.Skip(1).Where(layer => layer.KeyVault is null)];
}
