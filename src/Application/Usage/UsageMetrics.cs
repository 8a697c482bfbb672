using System.Diagnostics;
using System.Diagnostics.Metrics;
using QrAi.Domain.Usage;

namespace QrAi.Application.Usage;

/// <summary>Records the cost of calls of providers.</summary>
internal static class UsageMetrics
{
    private static readonly Meter Metrics = new("QrAi.Usage");

    // OpenTelemetry has no decimal instruments; accounting does not use this one.
    private static readonly Counter<double> Cost = Metrics.CreateCounter<double>(
        "qrai.usage.cost",
        "{USD}",
        "The cost of calls of providers, as far as it is known."
    );

    /// <summary>Records a call.</summary>
    public static void Record(CallUsage usage)
    {
        if (usage.Cost is { } cost and > 0 && Cost.Enabled)
            Cost.Add(
                (double)cost,
                new TagList
                {
                    { "qrai.provider", usage.Provider },
                    { "gen_ai.request.model", usage.Model },
                    { "qrai.estimated", usage.IsEstimated },
                }
            );
    }
}
