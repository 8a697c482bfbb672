using Serilog.Events;

namespace QrAi.Infrastructure.Settings;

/// <summary>How a log line looks.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Console,

    /// <summary>For machines: one JSON object a line.</summary>
    Json,
}

/// <summary>What is logged, and how.</summary>
public sealed record LoggingOptions
{
    /// <summary>The least level that is written.</summary>
    public required LogEventLevel Level { get; init; }

    /// <summary>How a line looks.</summary>
    public required LogFormat Format { get; init; }

    internal static LoggingOptions Read(SettingsReader settings, DeploymentEnvironment environment) =>
        new()
        {
            Level = settings.OneOf("LOG_LEVEL", LogEventLevel.Information, Levels),
            Format = settings.OneOf(
                "LOG_FORMAT",
                environment == DeploymentEnvironment.Production ? LogFormat.Json : LogFormat.Console,
                Formats
            ),
        };

    private static Dictionary<string, LogEventLevel> Levels { get; } =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["TRACE"] = LogEventLevel.Verbose,
            ["DEBUG"] = LogEventLevel.Debug,
            ["INFO"] = LogEventLevel.Information,
            ["WARNING"] = LogEventLevel.Warning,
            ["ERROR"] = LogEventLevel.Error,
            ["CRITICAL"] = LogEventLevel.Fatal,
        };

    private static Dictionary<string, LogFormat> Formats { get; } =
        new() { ["console"] = LogFormat.Console, ["json"] = LogFormat.Json };
}
