namespace QrAi.Tests.Testing.Otlp;

/// <summary>A span as a collector receives it.</summary>
/// <param name="Scope">Its instrumentation scope.</param>
/// <param name="TraceId">Its trace.</param>
/// <param name="SpanId">Its id.</param>
/// <param name="ParentId">The id of its parent span; empty at the root.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="IsError">Whether it failed.</param>
/// <param name="Attributes">Its attributes.</param>
public sealed record OtlpSpan(
    string Scope,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    OtlpSpanKind Kind,
    bool IsError,
    IReadOnlyDictionary<string, object> Attributes
);

/// <summary>The kind of a span.</summary>
public enum OtlpSpanKind
{
    /// <summary>Not specified.</summary>
    Unspecified,

    /// <summary>Work within a process.</summary>
    Internal,

    /// <summary>An incoming request.</summary>
    Server,

    /// <summary>An outgoing request.</summary>
    Client,
}

/// <summary>A data point of a metric as a collector receives it.</summary>
/// <param name="Scope">Its instrumentation scope.</param>
/// <param name="Metric">Its metric.</param>
/// <param name="Unit">The metric's unit.</param>
/// <param name="Value">The value of a number or the sum of a histogram.</param>
/// <param name="Count">The number of values of a histogram; 1 for a number.</param>
/// <param name="Bounds">The bounds of a histogram's buckets.</param>
/// <param name="Attributes">Its attributes.</param>
public sealed record OtlpPoint(
    string Scope,
    string Metric,
    string Unit,
    double Value,
    long Count,
    IReadOnlyList<double> Bounds,
    IReadOnlyDictionary<string, object> Attributes
);

/// <summary>
/// Reads export requests to a collector, with the field numbers of
/// https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
/// </summary>
internal static class OtlpData
{
    public static IEnumerable<IReadOnlyDictionary<string, object>> Resources(ReadOnlyMemory<byte> request) =>
        new ProtobufMessage(request)
            .Messages(1)
            .SelectMany(perResource => perResource.Messages(1))
            .Select(resource => Attributes(resource, 1));

    public static IEnumerable<OtlpSpan> Spans(ReadOnlyMemory<byte> request) =>
        from scoped in Scoped(request)
        from span in scoped.Message.Messages(2)
        select new OtlpSpan(
            scoped.Scope,
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Text(5),
            (OtlpSpanKind)span.Number(6),
            span.Messages(15).Any(status => status.Number(3) == 2),
            Attributes(span, 9)
        );

    public static IEnumerable<OtlpPoint> Points(ReadOnlyMemory<byte> request) =>
        from scoped in Scoped(request)
        from metric in scoped.Message.Messages(2)
        let name = metric.Text(1)
        let unit = metric.Text(3)
        from point in Numbers(scoped.Scope, name, unit, metric).Concat(Histograms(scoped.Scope, name, unit, metric))
        select point;

    private static IEnumerable<(string Scope, ProtobufMessage Message)> Scoped(ReadOnlyMemory<byte> request) =>
        from perResource in new ProtobufMessage(request).Messages(1)
        from perScope in perResource.Messages(2)
        from scope in perScope.Messages(1)
        select (scope.Text(1), perScope);

    // A gauge is field 5, a sum field 7.
    private static IEnumerable<OtlpPoint> Numbers(string scope, string name, string unit, ProtobufMessage metric) =>
        metric
            .Messages(5)
            .Concat(metric.Messages(7))
            .SelectMany(data => data.Messages(1))
            .Select(point => new OtlpPoint(
                scope,
                name,
                unit,
                point.Has(4) ? point.Double(4) : (long)point.Number(6),
                1,
                [],
                Attributes(point, 7)
            ));

    private static IEnumerable<OtlpPoint> Histograms(string scope, string name, string unit, ProtobufMessage metric) =>
        metric
            .Messages(9)
            .SelectMany(data => data.Messages(1))
            .Select(point => new OtlpPoint(
                scope,
                name,
                unit,
                point.Double(5),
                (long)point.Number(4),
                [.. point.Bytes(7).ToArray().Chunk(sizeof(double)).Select(bound => BitConverter.ToDouble(bound))],
                Attributes(point, 9)
            ));

    private static Dictionary<string, object> Attributes(ProtobufMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(1), pair => Value(pair.Messages(2).Single()));

    private static object Value(ProtobufMessage value) =>
        value.Has(2) ? value.Number(2) == 1
        : value.Has(3) ? (long)value.Number(3)
        : value.Has(4) ? value.Double(4)
        : value.Has(5) ? value.Messages(5).Single().Messages(1).Select(Value).ToList()
        : value.Text(1);
}
