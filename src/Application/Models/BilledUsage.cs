using Microsoft.Extensions.AI;

namespace QrAi.Application.Models;

/// <summary>The usage of a call, as the provider reports it, with its cost.</summary>
public sealed class BilledUsage : UsageDetails
{
    /// <summary>The cost in US dollars; null if the provider does not report it.</summary>
    public decimal? Cost { get; set; }
}
