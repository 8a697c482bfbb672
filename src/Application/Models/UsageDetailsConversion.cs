using Microsoft.Extensions.AI;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Models;

/// <summary>Converts the token usage of a provider to that of the domain.</summary>
internal static class UsageDetailsConversion
{
    /// <summary>Converts the usage. Missing counts are computed or 0; impossible ones are clamped.</summary>
    public static TokenUsage ToTokenUsage(this UsageDetails usage)
    {
        var prompt = ToCount(usage.InputTokenCount);
        var completion = ToCount(usage.OutputTokenCount);
        return new TokenUsage(
            prompt,
            completion,
            usage.TotalTokenCount is { } total ? ToCount(total) : prompt + completion
        )
        {
            CachedTokens = usage.CachedInputTokenCount is { } cached ? Math.Min(ToCount(cached), prompt) : null,
        };
    }

    private static int ToCount(long? tokens) => (int)Math.Clamp(tokens ?? 0, 0, int.MaxValue / 2);
}
