using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// The minimum level of each namespace, which can be changed while the service runs; existing loggers follow the change.
/// </summary>
/// <param name="options">The initial levels.</param>
internal sealed class LogLevels(LoggingOptions options)
    : IConfigureOptions<LoggerFilterOptions>,
        IOptionsChangeTokenSource<LoggerFilterOptions>
{
    /// <summary>Libraries whose events at level information concern only their developers.</summary>
    private static readonly string[] Noisy = ["Microsoft.AspNetCore", "Microsoft.Hosting", "System.Net", "Npgsql"];

    /// <summary>
    /// Libraries whose events are redundant: the error map reports database exceptions, and probes report health.
    /// </summary>
    private static readonly string[] Silent =
    [
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Extensions.Diagnostics.HealthChecks",
        "LuckyPennySoftware",
    ];

    private volatile LoggingOptions _options = options;
    private volatile ConfigurationReloadToken _changed = new();

    /// <inheritdoc />
    public string Name => Options.DefaultName;

    /// <inheritdoc />
    public IChangeToken GetChangeToken() => _changed;

    /// <inheritdoc />
    public void Configure(LoggerFilterOptions options)
    {
        var current = _options;
        options.MinLevel = current.Level;
        // Rules of the host's configuration would be a second source of levels.
        options.Rules.Clear();
        var levels = new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase);
        foreach (var noisy in Noisy)
            levels[noisy] = Quieter(current.Level);
        foreach (var silent in Silent)
            levels[silent] = LogLevel.None;
        foreach (var (name, level) in current.Levels)
            levels[name] = level;
        // They write nothing at level critical. With logging off, the host would not create activities for requests.
        foreach (var never in LoggingOptions.NeverWritten)
            levels[never] = LogLevel.Critical;
        foreach (var (name, level) in levels)
            options.Rules.Add(new LoggerFilterRule(null, name, level, null));
    }

    /// <summary>Changes the levels.</summary>
    public void Change(LoggingOptions options)
    {
        _options = options;
        var before = _changed;
        _changed = new ConfigurationReloadToken();
        before.OnReload();
    }

    private static LogLevel Quieter(LogLevel level) => level == LogLevel.Information ? LogLevel.Warning : level;
}
