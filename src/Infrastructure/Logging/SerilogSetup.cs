using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using QrAi.Infrastructure.Settings;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace QrAi.Infrastructure.Logging;

/// <summary>Sets the log up: readable for people or as JSON for machines.</summary>
public static class SerilogSetup
{
    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} {RequestId}{NewLine}{Exception}";

    private static readonly string[] Noisy = ["Microsoft.AspNetCore", "Microsoft.Hosting", "System.Net", "Npgsql"];

    /// <summary>
    /// Said better elsewhere: exceptions of the database by the error map, once; attempts by the clients; health by the
    /// probe's answer; requests by one line of ours, which has the caller's request id where the host's scope has its own.
    /// </summary>
    private static readonly string[] Silent =
    [
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Extensions.Diagnostics.HealthChecks",
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Polly",
        "LuckyPennySoftware",
    ];

    /// <summary>Adds the log.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">The level and the format.</param>
    /// <param name="toStandardError">Where standard output is for something else.</param>
    public static IServiceCollection AddQrAiLogging(
        this IServiceCollection services,
        LoggingOptions options,
        bool toStandardError = false
    )
    {
        LogEventLevel? errorsFrom = toStandardError ? LevelAlias.Minimum : null;
        return services.AddSerilog(
            (_, log) =>
            {
                log.MinimumLevel.Is(options.Level).Enrich.FromLogContext();
                foreach (var noisy in Noisy)
                    log.MinimumLevel.Override(noisy, Quieter(options.Level));
                foreach (var silent in Silent)
                    log.MinimumLevel.Override(silent, LevelAlias.Off);

                if (options.Format == LogFormat.Json)
                    log.WriteTo.Console(new RenderedCompactJsonFormatter(), standardErrorFromLevel: errorsFrom);
                else
                    log.WriteTo.Console(
                        outputTemplate: Line,
                        formatProvider: CultureInfo.InvariantCulture,
                        standardErrorFromLevel: errorsFrom
                    );
            },
            // A process may run several services, as tests do: the end of one must not silence the others.
            preserveStaticLogger: true
        );
    }

    /// <summary>Libraries tell at information what concerns their own developers.</summary>
    private static LogEventLevel Quieter(LogEventLevel level) =>
        level < LogEventLevel.Information ? level
        : level == LogEventLevel.Information ? LogEventLevel.Warning
        : level;
}
