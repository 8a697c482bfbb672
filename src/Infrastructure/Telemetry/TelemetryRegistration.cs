using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Exporter;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using QrAi.Infrastructure.Backups;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Telemetry;

/// <summary>
/// Registers the export of traces and metrics to a collector, if there is one. The sources are <c>QrAi.*</c> here, and the
/// driver's where the database is registered.
/// </summary>
public static class TelemetryRegistration
{
    /// <summary>All sources and meters of the service.</summary>
    private const string OwnNames = "QrAi.*";

    /// <summary>Tags whose values are texts of the caller.</summary>
    private static readonly string[] CallerTags =
    [
        "http.request.method_original",
        "server.address",
        "server.port",
        "url.query",
        "user_agent.original",
    ];

    /// <summary>Adds traces and metrics. Call it before adding other hosted services, so that telemetry stops last.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="settings">The validated settings.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, QrAiSettings settings)
    {
        // Also without a collector: a caller's trace state must not be forwarded to a provider.
        services.AddSingleton<DistributedContextPropagator>(TraceParentPropagator.Instance);
        var options = settings.Telemetry;
        if (options.Endpoint is null)
            return services;

        // The default propagator would forward the caller's trace state and baggage.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        services.AddHostedService<TelemetryShutdown>();
        if (settings.Database.Address is PostgresAddress)
            services.AddHostedService<BackupAge>();
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(options.ServiceName, serviceVersion: Version))
            .WithTracing(tracing =>
                tracing
                    .AddSource(OwnNames)
                    .AddAspNetCoreInstrumentation(ConfigureRequests)
                    .AddHttpClientInstrumentation()
                    .AddOtlpExporter(exporter => Configure(exporter, options, "traces"))
            )
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(OwnNames, "System.Runtime")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddOtlpExporter(
                        (exporter, reader) =>
                        {
                            Configure(exporter, options, "metrics");
                            var periodic = reader.PeriodicExportingMetricReaderOptions;
                            periodic.ExportIntervalMilliseconds = (int)options.MetricInterval.TotalMilliseconds;
                            periodic.ExportTimeoutMilliseconds = (int)options.Timeout.TotalMilliseconds;
                        }
                    )
            );
        return services;
    }

    private static string? Version { get; } =
        typeof(TelemetryRegistration)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion;

    private static void ConfigureRequests(AspNetCoreTraceInstrumentationOptions requests)
    {
        // Probes are frequent and carry no information.
        requests.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
        requests.EnrichWithHttpRequest = (activity, _) =>
        {
            foreach (var tag in CallerTags)
                activity.SetTag(tag, null);
        };
    }

    private static void Configure(OtlpExporterOptions exporter, TelemetryOptions options, string signal)
    {
        var isGrpc = options.Protocol == TelemetryProtocol.Grpc;
        exporter.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = isGrpc
            ? options.Endpoint!
            : new Uri($"{options.Endpoint!.AbsoluteUri.TrimEnd('/')}/v1/{signal}");
        exporter.Headers = options.Headers;
        exporter.TimeoutMilliseconds = (int)options.Timeout.TotalMilliseconds;
    }
}
