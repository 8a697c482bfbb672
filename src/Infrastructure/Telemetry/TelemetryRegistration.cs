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
/// Registers what sends traces and metrics to a collector; where there is none, nothing of it. Each room names its own
/// sources: <c>QrAi.*</c> here, the driver's where the database is registered.
/// </summary>
public static class TelemetryRegistration
{
    /// <summary>All sources and meters of the service.</summary>
    private const string OwnNames = "QrAi.*";

    /// <summary>What the conventions say of a request in words that are the caller's own.</summary>
    private static readonly string[] CallersTexts =
    [
        "http.request.method_original",
        "server.address",
        "server.port",
        "url.query",
        "user_agent.original",
    ];

    /// <summary>Adds traces and metrics. To be called before what they are about is added, so that they end last.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">The validated settings.</param>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, QrAiSettings settings)
    {
        // Also without a collector: what a caller puts into its own trace must not get from here to a provider.
        services.AddSingleton<DistributedContextPropagator>(TraceParentPropagator.Instance);
        var options = settings.Telemetry;
        if (options.Endpoint is null)
            return services;

        // The libraries' own propagators add the caller's state and baggage again.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        services.AddHostedService<TelemetryEnd>();
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
        // Probes come every few seconds and tell nothing.
        requests.Filter = context => !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
        requests.EnrichWithHttpRequest = (activity, _) =>
        {
            foreach (var tag in CallersTexts)
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
