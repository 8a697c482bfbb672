using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// Reads <c>LOG_LEVEL</c> and <c>LOG_LEVELS</c> again when the process gets SIGHUP. What cannot be used is told, and changes
/// nothing.
/// </summary>
public sealed class LogReload : IDisposable
{
    private readonly LogLevels _levels;
    private readonly EnvironmentOptions _environment;
    private readonly ILogger<LogReload> _logger;
    private PosixSignalRegistration? _signal;

    internal LogReload(LogLevels levels, EnvironmentOptions environment, ILogger<LogReload> logger) =>
        (_levels, _environment, _logger) = (levels, environment, logger);

    /// <summary>From now on SIGHUP makes it read the levels again, instead of ending the process.</summary>
    /// <param name="readLayers">Reads what settings come from, the strongest first.</param>
    public void Listen(Func<IReadOnlyList<SettingsLayer>> readLayers) =>
        _signal ??= PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            context =>
            {
                context.Cancel = true;
                Reload(readLayers);
            }
        );

    /// <inheritdoc />
    public void Dispose() => _signal?.Dispose();

    internal void Reload(Func<IReadOnlyList<SettingsLayer>> readLayers)
    {
        try
        {
            var settings = new SettingsReader(readLayers());
            var options = LoggingOptions.Read(settings, _environment.Environment);
            if (settings.Problems.Count > 0)
                foreach (var problem in settings.Problems)
                    _logger.LogError("Log levels stay as they are; {Problem}", problem.ToString());
            else
            {
                _levels.Change(options);
                _logger.LogInformation("Log levels: {Levels}", options.DescribeLevels());
            }
        }
        catch (Exception exception)
        {
            // A file that cannot be read, or a place that cannot be reached, is no reason to end a service that runs.
            _logger.LogError(
                "Log levels stay as they are; the settings cannot be read: {Reason}",
                $"{exception.GetType().Name}: {exception.Message}"
            );
        }
    }
}
