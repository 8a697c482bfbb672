namespace QrAi.Infrastructure.Settings;

/// <summary>What has to be known of settings by their names.</summary>
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

    /// <summary>Those whose values are sentences, in which quotation marks may be meant.</summary>
    internal static IReadOnlySet<string> Texts { get; } = new HashSet<string> { "SYSTEM_PROMPT" };

    /// <summary>Those that say where settings are looked for, and so can not be in a key vault.</summary>
    private static readonly HashSet<string> WhereToLook =
    [
        "ENVIRONMENT",
        "ASPNETCORE_ENVIRONMENT",
        KeyVaultOptions.UrlName,
        KeyVaultOptions.TimeoutName,
        KeyVaultOptions.ReloadName,
    ];

    /// <summary>Whether the value of a setting is for nobody's eyes.</summary>
    /// <param name="name">The setting; providers' keys are named after their providers.</param>
    public static bool IsSecret(string name) =>
        _secrets.Contains(name) || name.EndsWith(KeySuffix, StringComparison.Ordinal);

    /// <summary>The settings that a key vault can have.</summary>
    /// <param name="layers">What there is besides it.</param>
    internal static IReadOnlySet<string> InKeyVault(IReadOnlyList<SettingsLayer> layers) =>
        SettingsReading.Of(layers).Names.Except(WhereToLook).ToHashSet();
}
