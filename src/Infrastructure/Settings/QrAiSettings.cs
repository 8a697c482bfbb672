namespace QrAi.Infrastructure.Settings;

/// <summary>Every setting of the service, validated as a whole.</summary>
/// <param name="Environment">Where and for how long it runs.</param>
/// <param name="Database">Where the data are.</param>
/// <param name="Llm">Which language models answer.</param>
/// <param name="Backups">Where backups are kept, and when they are made.</param>
/// <param name="Authentication">How callers prove who they are.</param>
/// <param name="RateLimit">How many questions a caller may ask.</param>
/// <param name="Http">How the service meets callers over HTTP.</param>
/// <param name="GraphQl">What callers of GraphQL may do.</param>
/// <param name="Logging">What is logged.</param>
/// <param name="Telemetry">Where traces and metrics go.</param>
/// <param name="KeyVault">Which key vault has some of them.</param>
public sealed record QrAiSettings(
    EnvironmentOptions Environment,
    DatabaseOptions Database,
    LlmOptions Llm,
    BackupOptions Backups,
    AuthenticationOptions Authentication,
    RateLimitOptions RateLimit,
    HttpOptions Http,
    GraphQlOptions GraphQl,
    LoggingOptions Logging,
    TelemetryOptions Telemetry,
    KeyVaultOptions KeyVault
)
{
    /// <summary>What they were read from, the strongest first; the key vault's can be read again.</summary>
    internal IReadOnlyList<SettingsLayer> Layers { get; init; } = [];

    /// <summary>Reads the settings.</summary>
    /// <param name="layers">Where they come from, the strongest first.</param>
    /// <exception cref="InvalidSettingsException">Some cannot be used; all of them are named.</exception>
    public static QrAiSettings Read(IReadOnlyList<SettingsLayer> layers) => SettingsReading.Of(layers).Settings;

    /// <summary>Reads the settings; where one cannot be used the reader has the problem, and its default is in its place.</summary>
    internal static QrAiSettings Read(SettingsReader settings)
    {
        var environment = EnvironmentOptions.Read(settings);
        return new QrAiSettings(
            environment,
            DatabaseOptions.Read(settings, environment.Environment),
            LlmOptions.Read(settings, environment.Environment),
            BackupOptions.Read(settings),
            AuthenticationOptions.Read(settings, environment.Environment),
            RateLimitOptions.Read(settings),
            HttpOptions.Read(settings),
            GraphQlOptions.Read(settings, environment.Environment),
            LoggingOptions.Read(settings, environment.Environment),
            TelemetryOptions.Read(settings),
            KeyVaultOptions.Read(settings)
        )
        {
            Layers = settings.Layers,
        };
    }
}
