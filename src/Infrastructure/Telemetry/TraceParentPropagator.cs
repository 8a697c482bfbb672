using System.Diagnostics;

namespace QrAi.Infrastructure.Telemetry;

/// <summary>
/// Propagates a trace by W3C's <c>traceparent</c> only: trace state and baggage are private texts of the caller.
/// </summary>
internal sealed class TraceParentPropagator : DistributedContextPropagator
{
    private const string Header = "traceparent";

    private TraceParentPropagator() { }

    public static TraceParentPropagator Instance { get; } = new();

    public override IReadOnlyCollection<string> Fields { get; } = [Header];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        if (activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
            setter?.Invoke(carrier, Header, id);
    }

    public override void ExtractTraceIdAndState(
        object? carrier,
        PropagatorGetterCallback? getter,
        out string? traceId,
        out string? traceState
    )
    {
        (traceId, traceState) = (null, null);
        getter?.Invoke(carrier, Header, out traceId, out _);
        if (!ActivityContext.TryParse(traceId, null, out _))
            traceId = null;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(
        object? carrier,
        PropagatorGetterCallback? getter
    ) => null;
}
