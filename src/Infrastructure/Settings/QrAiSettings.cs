namespace QrAi.Infrastructure.Settings;

/// <summary>All settings of the service, validated as a whole.</summary>
/// <param name="Environment">The environment, and the time limits of the process.</param>
/// <param name="Database">The database and its connections.</param>
/// <param name="Llm">The providers of language models, and their limits.</param>
/// <param name="Embeddings">The model that turns texts into vectors for the search.</param>
/// <param name="Usage">The prices of models.</param>
/// <param name="Documents">The limits of documents.</param>
/// <param name="Retention">How long data stays.</param>
/// <param name="Backups">Where backups are stored, and their schedule and retention.</param>
/// <param name="Authentication">How callers authenticate.</param>
/// <param name="RateLimit">The rate limit of questions.</param>
/// <param name="Http">Limits and trust of HTTP callers.</param>
/// <param name="GraphQl">The settings of the GraphQL endpoint.</param>
/// <param name="Logging">The levels and the format of the log.</param>
/// <param name="Telemetry">Where traces and metrics are sent.</param>
/// <param name="KeyVault">The key vault with some of the settings.</param>
public sealed record QrAiSettings(
    EnvironmentOptions Environment,
    DatabaseOptions Database,
    LlmOptions Llm,
    EmbeddingOptions Embeddings,
    UsageOptions Usage,
    DocumentOptions Documents,
    RetentionOptions Retention,
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
    /// <summary>The layers of the settings, the strongest first; the key vault can be read again.</summary>
    internal IReadOnlyList<SettingsLayer> Layers { get; init; } = [];

    /// <summary>Reads the settings.</summary>
    /// <param name="layers">The layers, the strongest first.</param>
    /// <exception cref="InvalidSettingsException">If settings are invalid; it names all of them.</exception>
    public static QrAiSettings Read(IReadOnlyList<SettingsLayer> layers) => SettingsResult.Of(layers).Settings;

    /// <summary>Reads the settings; the reader collects the problems, and an invalid setting gets its default.</summary>
    internal static QrAiSettings Read(SettingsReader settings)
    {
        var environment = EnvironmentOptions.Read(settings);
        return new QrAiSettings(
            environment,
            DatabaseOptions.Read(settings, environment.Environment),
            LlmOptions.Read(settings, environment.Environment),
            EmbeddingOptions.Read(settings, environment.Environment),
            UsageOptions.Read(settings),
            DocumentOptions.Read(settings),
            RetentionOptions.Read(settings),
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
