using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// What is written of each namespace. It can be changed while the service runs: loggers that are there already obey it too.
/// </summary>
/// <param name="options">The levels to begin with.</param>
internal sealed class LogLevels(LoggingOptions options)
    : IConfigureOptions<LoggerFilterOptions>,
        IOptionsChangeTokenSource<LoggerFilterOptions>
{
    /// <summary>Libraries that tell at information what concerns their own developers.</summary>
    private static readonly string[] Noisy = ["Microsoft.AspNetCore", "Microsoft.Hosting", "System.Net", "Npgsql"];

    /// <summary>
    /// Said better elsewhere: exceptions of the database by the error map, once; health by the probe's answer.
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
        var now = _options;
        options.MinLevel = now.Level;
        // The host's own settings of levels would be a second place to look.
        options.Rules.Clear();
        var levels = new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase);
        foreach (var noisy in Noisy)
            levels[noisy] = Quieter(now.Level);
        foreach (var silent in Silent)
            levels[silent] = LogLevel.None;
        foreach (var (name, level) in now.Levels)
            levels[name] = level;
        // At critical they write nothing; but a host that is altogether silent gives a request no trace.
        foreach (var never in LoggingOptions.NeverWritten)
            levels[never] = LogLevel.Critical;
        foreach (var (name, level) in levels)
            options.Rules.Add(new LoggerFilterRule(null, name, level, null));
    }

    /// <summary>Changes what is written from now on.</summary>
    public void Change(LoggingOptions options)
    {
        _options = options;
        var before = _changed;
        _changed = new ConfigurationReloadToken();
        before.OnReload();
    }

    private static LogLevel Quieter(LogLevel level) => level == LogLevel.Information ? LogLevel.Warning : level;
}
