using Microsoft.Extensions.AI;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Models;

/// <summary>What providers say about tokens, as the domain keeps it.</summary>
internal static class UsageDetailsConversion
{
    /// <summary>Counts that a provider leaves out, or that cannot be, are the nearest that can.</summary>
    public static TokenUsage ToTokenUsage(this UsageDetails usage)
    {
        var prompt = ToCount(usage.InputTokenCount);
        var completion = ToCount(usage.OutputTokenCount);
        return new TokenUsage(
            prompt,
            completion,
            usage.TotalTokenCount is { } total ? ToCount(total) : prompt + completion
        );
    }

    private static int ToCount(long? tokens) => (int)Math.Clamp(tokens ?? 0, 0, int.MaxValue / 2);
}
