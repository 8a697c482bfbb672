using System.Collections.ObjectModel;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace QrAi.Infrastructure.Settings;

/// <summary>The format of log lines.</summary>
public enum LogFormat
{
    /// <summary>Readable text.</summary>
    Console,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>The levels and the format of the log.</summary>
public sealed partial record LoggingOptions
{
    /// <summary>
    /// Namespaces of the framework that log the content of requests, including queries, headers and credentials. Their events
    /// are never written.
    /// </summary>
    public static IReadOnlyList<string> NeverWritten { get; } =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "System.Net.Http.HttpClient",
    ];

    /// <summary>The levels by their names in settings, in ascending order.</summary>
    public static IReadOnlyDictionary<string, LogLevel> LevelNames { get; } =
        new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase)
        {
            ["TRACE"] = LogLevel.Trace,
            ["DEBUG"] = LogLevel.Debug,
            ["INFO"] = LogLevel.Information,
            ["WARNING"] = LogLevel.Warning,
            ["ERROR"] = LogLevel.Error,
            ["CRITICAL"] = LogLevel.Critical,
        };

    /// <summary>The minimum level.</summary>
    public required LogLevel Level { get; init; }

    /// <summary>The minimum levels of namespaces that have their own; the longest matching name counts.</summary>
    public required IReadOnlyDictionary<string, LogLevel> Levels { get; init; }

    /// <summary>The format of log lines.</summary>
    public required LogFormat Format { get; init; }

    /// <summary>Describes the levels in the format of the settings.</summary>
    /// <returns>Such as <c>INFO, Npgsql=DEBUG</c>.</returns>
    public string DescribeLevels() =>
        string.Join(", ", Levels.Select(one => $"{one.Key}={NameOf(one.Value)}").Prepend(NameOf(Level)));

    internal static LoggingOptions Read(SettingsReader settings, DeploymentEnvironment environment) =>
        new()
        {
            Level = settings.OneOf("LOG_LEVEL", LogLevel.Information, LevelNames),
            Levels = ReadLevels(settings),
            Format = settings.OneOf(
                "LOG_FORMAT",
                environment == DeploymentEnvironment.Production ? LogFormat.Json : LogFormat.Console,
                Formats
            ),
        };

    private static Dictionary<string, LogFormat> Formats { get; } =
        new() { ["console"] = LogFormat.Console, ["json"] = LogFormat.Json };

    private static ReadOnlyDictionary<string, LogLevel> ReadLevels(SettingsReader settings)
    {
        const string Name = "LOG_LEVELS";
        if (settings.Find(Name) is not { } text)
            return ReadOnlyDictionary<string, LogLevel>.Empty;

        var levels = new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (Entry().Match(entry) is not { Success: true } parts)
                problems.Add($"'{entry}' is not NAMESPACE=LEVEL");
            else if (!LevelNames.TryGetValue(parts.Groups["level"].Value, out var level))
                problems.Add($"'{entry}' has a level that is not one of {string.Join(", ", LevelNames.Keys)}");
            else if (parts.Groups["name"].Value is var name && IsNeverWritten(name))
                problems.Add($"'{name}' logs the content of requests and cannot be turned on");
            else if (!levels.TryAdd(name, level))
                problems.Add($"'{name}' is listed twice");

        if (problems.Count > 0)
            settings.Report(
                Name,
                $"must be a comma-separated list such as Npgsql=DEBUG,QrAi.Infrastructure.Llm=TRACE: {string.Join("; ", problems)}"
            );
        return levels.AsReadOnly();
    }

    private static bool IsNeverWritten(string name) =>
        NeverWritten.Any(never => $"{name}.".StartsWith($"{never}.", StringComparison.OrdinalIgnoreCase));

    private static string NameOf(LogLevel level) => LevelNames.Single(one => one.Value == level).Key;

    [GeneratedRegex(@"^(?<name>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)\s*=\s*(?<level>\w+)$")]
    private static partial Regex Entry();
}
