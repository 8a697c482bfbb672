using System.Collections.ObjectModel;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

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
public sealed partial record LoggingOptions
{
    /// <summary>
    /// Namespaces of the framework that write what was sent, queries, headers and credentials among it, and are never
    /// written.
    /// </summary>
    public static IReadOnlyList<string> NeverWritten { get; } =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "System.Net.Http.HttpClient",
    ];

    /// <summary>What the settings call the levels, the least first.</summary>
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

    /// <summary>The least level that is written.</summary>
    public required LogLevel Level { get; init; }

    /// <summary>The least level of namespaces, where it is another; the longest name that fits counts.</summary>
    public required IReadOnlyDictionary<string, LogLevel> Levels { get; init; }

    /// <summary>How a line looks.</summary>
    public required LogFormat Format { get; init; }

    /// <summary>The levels as the settings would say them.</summary>
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
                problems.Add($"'{entry}' is no NAMESPACE=LEVEL");
            else if (!LevelNames.TryGetValue(parts.Groups["level"].Value, out var level))
                problems.Add($"'{entry}' has a level that is not one of {string.Join(", ", LevelNames.Keys)}");
            else if (parts.Groups["name"].Value is var name && IsNeverWritten(name))
                problems.Add($"'{name}' writes what was sent and cannot be turned on");
            else if (!levels.TryAdd(name, level))
                problems.Add($"'{name}' is there twice");

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
