using System.Text.RegularExpressions;

namespace QrAi.Infrastructure.Settings;

/// <summary>The protocol by which traces and metrics are sent.</summary>
public enum TelemetryProtocol
{
    /// <summary>Protobuf over HTTP.</summary>
    HttpProtobuf,

    /// <summary>gRPC.</summary>
    Grpc,
}

/// <summary>Where traces and metrics are sent; the settings have OpenTelemetry's names.</summary>
public sealed partial record TelemetryOptions
{
    internal const string HeadersName = "OTEL_EXPORTER_OTLP_HEADERS";

    /// <summary>The collector's address; null if telemetry is off.</summary>
    public required Uri? Endpoint { get; init; }

    /// <summary>The protocol of the collector.</summary>
    public required TelemetryProtocol Protocol { get; init; }

    /// <summary>Headers of each request, in OpenTelemetry's format; a secret. Null if there are none.</summary>
    public required string? Headers { get; init; }

    /// <summary>The time limit of one request: 1–60,000 ms.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The interval at which metrics are sent: 100–3,600,000 ms.</summary>
    public required TimeSpan MetricInterval { get; init; }

    /// <summary>The name of the service in telemetry.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Returns the address and the protocol, without the headers.</summary>
    public override string ToString() => Endpoint is null ? "nowhere" : $"{Endpoint} ({Protocol})";

    internal static TelemetryOptions Read(SettingsReader settings) =>
        new()
        {
            Endpoint = ReadEndpoint(settings),
            Protocol = settings.OneOf(
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                TelemetryProtocol.HttpProtobuf,
                new Dictionary<string, TelemetryProtocol>
                {
                    ["http/protobuf"] = TelemetryProtocol.HttpProtobuf,
                    ["grpc"] = TelemetryProtocol.Grpc,
                }
            ),
            Headers = ReadHeaders(settings),
            Timeout = TimeSpan.FromMilliseconds(settings.WholeNumber("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 1, 60_000)),
            MetricInterval = TimeSpan.FromMilliseconds(
                settings.WholeNumber("OTEL_METRIC_EXPORT_INTERVAL", 60_000, 100, 3_600_000)
            ),
            ServiceName = settings.Find("OTEL_SERVICE_NAME") ?? "qrai",
        };

    private static Uri? ReadEndpoint(SettingsReader settings)
    {
        const string Name = "OTEL_EXPORTER_OTLP_ENDPOINT";
        if (settings.Find(Name) is not { } text)
            return null;
        // The value is not shown, as it may contain a password.
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            settings.Report(Name, "must be an absolute http or https address, such as http://collector:4318");
        else if (url.UserInfo.Length > 0)
            settings.Report(Name, "must be an address without a user: put credentials into OTEL_EXPORTER_OTLP_HEADERS");
        else if (url.Query.Length > 0 || url.Fragment.Length > 0)
            settings.Report(Name, "must be an address without a query or a fragment");
        else
            return url;
        return null;
    }

    private static string? ReadHeaders(SettingsReader settings)
    {
        if (settings.Find(HeadersName) is not { } text)
            return null;
        if (HeaderList().IsMatch(text))
            return text;
        settings.Report(HeadersName, "must be a comma-separated list of NAME=VALUE, with values URL-encoded");
        return null;
    }

    [GeneratedRegex(
        @"^\s*[\w-]+\s*=[^,\x00-\x1F\x7F-\uFFFF]+(,\s*[\w-]+\s*=[^,\x00-\x1F\x7F-\uFFFF]+)*$",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex HeaderList();
}
