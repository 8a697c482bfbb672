using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using QrAi.Infrastructure.Settings;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting;

namespace QrAi.Infrastructure.Logging;

/// <summary>Sets up logging: as readable text or as JSON, without blocking.</summary>
public static class SerilogSetup
{
    /// <summary>Adds logging.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="options">The levels and the format.</param>
    /// <param name="toStandardError">Whether to write to standard error instead of standard output.</param>
    public static IServiceCollection AddQrAiLogging(
        this IServiceCollection services,
        LoggingOptions options,
        bool toStandardError = false
    )
    {
        services.AddLogging(logging => logging.ClearProviders());
        // Serilog's events have the trace themselves.
        services.Configure<LoggerFactoryOptions>(factory =>
            factory.ActivityTrackingOptions = ActivityTrackingOptions.None
        );
        services.AddSingleton(new LogLevels(options));
        services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(p => p.GetRequiredService<LogLevels>());
        services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(p => p.GetRequiredService<LogLevels>());
        services.AddSingleton(provider => new LogReload(
            provider.GetRequiredService<LogLevels>(),
            provider.GetRequiredService<EnvironmentOptions>(),
            provider.GetRequiredService<ILogger<LogReload>>()
        ));
        // The logger is disposed with the services, and writes queued events then.
        services.AddSingleton(provider =>
            Create(provider.GetRequiredService<TimeProvider>(), options, toStandardError)
        );
        return services.AddSingleton<ILoggerProvider>(provider => new SerilogLoggerProvider(
            provider.GetRequiredService<Logger>()
        ));
    }

    private static Logger Create(TimeProvider clock, LoggingOptions options, bool toStandardError)
    {
        var sink = new BoundedSink(
            LoggerSinkConfiguration.CreateSink(to => WriteToConsole(to, options.Format, toStandardError)),
            clock
        );
        // The filter rules of LogLevels have been applied before.
        return new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .Enrich.FromLogContext()
            .WriteTo.Sink(sink)
            .CreateLogger();
    }

    private static void WriteToConsole(LoggerSinkConfiguration to, LogFormat format, bool toStandardError)
    {
        LogEventLevel? errorsFrom = toStandardError ? LevelAlias.Minimum : null;
        ITextFormatter formatter = format == LogFormat.Json ? new JsonLineFormatter() : new ConsoleLineFormatter();
        to.Console(formatter, standardErrorFromLevel: errorsFrom);
    }
}
