using System.Diagnostics;
using QrAi.Infrastructure.Telemetry;

namespace QrAi.Tests.Unit.Infrastructure.Telemetry;

public sealed class TraceParentPropagatorTests
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [TestCase(Parent, Parent)]
    [TestCase("00-nonsense", null)]
    [TestCase(null, null)]
    public void Only_a_well_formed_parent_is_accepted_and_nothing_else(string? sent, string? accepted)
    {
        var headers = new Dictionary<string, string?>
        {
            ["traceparent"] = sent,
            ["tracestate"] = "a=b",
            ["baggage"] = "c=d",
            ["Request-Id"] = "|e.f.",
        };

        TraceParentPropagator.Instance.ExtractTraceIdAndState(headers, Get, out var id, out var state);

        id.ShouldBe(accepted);
        state.ShouldBeNull();
        TraceParentPropagator.Instance.ExtractBaggage(headers, Get).ShouldBeNull();
    }

    [Test]
    public void Only_the_parent_is_propagated()
    {
        using var activity = new Activity("here").SetParentId(Parent).AddBaggage("c", "d");
        activity.TraceStateString = "a=b";
        activity.Start();
        var headers = new Dictionary<string, string?>();

        TraceParentPropagator.Instance.Inject(activity, headers, Set);
        TraceParentPropagator.Instance.Inject(null, headers, Set);

        headers.ShouldBe(new Dictionary<string, string?> { ["traceparent"] = activity.Id });
        activity.Id!.ShouldStartWith(Parent[..36]);
    }

    private static void Get(object? carrier, string name, out string? value, out IEnumerable<string>? values)
    {
        value = ((Dictionary<string, string?>)carrier!).GetValueOrDefault(name);
        values = null;
    }

    private static void Set(object? carrier, string name, string value) =>
        ((Dictionary<string, string?>)carrier!)[name] = value;
}
