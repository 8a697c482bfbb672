using System.Text.Json;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>Reads the <c>usage</c> of a completion, with OpenRouter's <c>cost</c>.</summary>
internal static class UsageReader
{
    /// <summary>Reads the value of <c>usage</c>.</summary>
    /// <returns>The usage; null if no count can be read.</returns>
    public static UsageDetails? Read(ref Utf8JsonReader json, LenientJson lenient)
    {
        if (!LenientJson.ReadStart(ref json, JsonTokenType.StartObject))
            return null;
        var usage = new BilledUsage();
        while (LenientJson.ReadName(ref json))
            if (lenient.Is(ref json, "prompt_tokens"u8))
                usage.InputTokenCount = LenientJson.ReadNumber(ref json);
            else if (lenient.Is(ref json, "completion_tokens"u8))
                usage.OutputTokenCount = LenientJson.ReadNumber(ref json);
            else if (lenient.Is(ref json, "total_tokens"u8))
                usage.TotalTokenCount = LenientJson.ReadNumber(ref json);
            else if (lenient.Is(ref json, "cost"u8))
                usage.Cost = LenientJson.ReadDecimal(ref json);
            else if (lenient.Is(ref json, "prompt_tokens_details"u8))
                usage.CachedInputTokenCount = ReadCachedTokens(ref json, lenient);
            else
                json.Skip();
        return (usage.InputTokenCount ?? usage.OutputTokenCount ?? usage.TotalTokenCount) is null ? null : usage;
    }

    private static long? ReadCachedTokens(ref Utf8JsonReader json, LenientJson lenient)
    {
        if (!LenientJson.ReadStart(ref json, JsonTokenType.StartObject))
            return null;
        long? cached = null;
        while (LenientJson.ReadName(ref json))
            if (lenient.Is(ref json, "cached_tokens"u8))
                cached = LenientJson.ReadNumber(ref json);
            else
                json.Skip();
        return cached;
    }
}
