namespace QrAi.Infrastructure.Settings;

/// <summary>Classifies settings by their names.</summary>
public static class SettingNames
{
    private const string KeySuffix = "_API_KEY";

    private static readonly HashSet<string> _secrets =
    [
        "AUTOMAPPER_LICENSE_KEY",
        BackupOptions.ConnectionStringName,
        DatabaseOptions.UrlName,
        TelemetryOptions.HeadersName,
    ];

    /// <summary>The settings whose values are texts, which may begin and end with quotation marks.</summary>
    internal static IReadOnlySet<string> Texts { get; } = new HashSet<string> { "SYSTEM_PROMPT" };

    /// <summary>The settings that determine the layers, which therefore cannot be in a key vault.</summary>
    private static readonly HashSet<string> LayerSettings =
    [
        "ENVIRONMENT",
        "ASPNETCORE_ENVIRONMENT",
        KeyVaultOptions.UrlName,
        KeyVaultOptions.TimeoutName,
        KeyVaultOptions.ReloadName,
    ];

    /// <summary>Whether a setting is a secret.</summary>
    /// <param name="name">The setting; providers' keys are named after their providers.</param>
    public static bool IsSecret(string name) =>
        _secrets.Contains(name) || name.EndsWith(KeySuffix, StringComparison.Ordinal);

    /// <summary>Returns the settings that a key vault can have.</summary>
    /// <param name="layers">The other layers.</param>
    internal static IReadOnlySet<string> InKeyVault(IReadOnlyList<SettingsLayer> layers) =>
        SettingsResult.Of(layers).Names.Except(LayerSettings).ToHashSet();
}
