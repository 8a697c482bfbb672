namespace QrAi.Infrastructure.Settings;

/// <summary>What has to be known of settings by their names.</summary>
public static class SettingNames
{
    /// <summary>Those whose values are for nobody's eyes.</summary>
    public static IReadOnlySet<string> Secrets { get; } =
        new HashSet<string>
        {
            "AUTOMAPPER_LICENSE_KEY",
            BackupOptions.ConnectionStringName,
            DatabaseOptions.UrlName,
            LlmOptions.GoogleAiKey,
            LlmOptions.OpenRouterKey,
            TelemetryOptions.HeadersName,
        };

    /// <summary>Those that say where settings are looked for, and so can not be in a key vault.</summary>
    private static readonly HashSet<string> WhereToLook =
    [
        "ENVIRONMENT",
        "ASPNETCORE_ENVIRONMENT",
        KeyVaultOptions.UrlName,
        KeyVaultOptions.TimeoutName,
        KeyVaultOptions.ReloadName,
    ];

    /// <summary>The settings that a key vault can have.</summary>
    /// <param name="layers">What there is besides it.</param>
    internal static IReadOnlySet<string> InKeyVault(IReadOnlyList<SettingsLayer> layers) =>
        SettingsReading.Of(layers).Names.Except(WhereToLook).ToHashSet();
}
