using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// Reloads <c>LOG_LEVEL</c> and <c>LOG_LEVELS</c> when the process receives SIGHUP. An invalid value is logged, and changes
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

    /// <summary>Begins to handle SIGHUP, which reloads the levels instead of ending the process.</summary>
    /// <param name="readLayers">Reads the layers of settings, the strongest first.</param>
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
                    _logger.LogError("Log levels remain unchanged; {Problem}", problem.ToString());
            else
            {
                _levels.Change(options);
                _logger.LogInformation("Log levels: {Levels}", options.DescribeLevels());
            }
        }
        catch (Exception exception)
        {
            // An unreadable file or an unreachable source must not end the service.
            _logger.LogError(
                "Log levels remain unchanged; the settings cannot be read: {Reason}",
                $"{exception.GetType().Name}: {exception.Message}"
            );
        }
    }
}
