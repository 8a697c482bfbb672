using System.Text.Json;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>Reads the <c>usage</c> of a completion.</summary>
internal static class UsageReader
{
    /// <summary>Reads the value of <c>usage</c>.</summary>
    /// <returns>The usage; null if no count can be read.</returns>
    public static UsageDetails? Read(ref Utf8JsonReader json, LenientJson lenient)
    {
        if (!LenientJson.ReadStart(ref json, JsonTokenType.StartObject))
            return null;
        var usage = new UsageDetails();
        while (LenientJson.ReadName(ref json))
            if (lenient.Is(ref json, "prompt_tokens"u8))
                usage.InputTokenCount = LenientJson.ReadNumber(ref json);
            else if (lenient.Is(ref json, "completion_tokens"u8))
                usage.OutputTokenCount = LenientJson.ReadNumber(ref json);
            else if (lenient.Is(ref json, "total_tokens"u8))
                usage.TotalTokenCount = LenientJson.ReadNumber(ref json);
            else
                json.Skip();
        return (usage.InputTokenCount ?? usage.OutputTokenCount ?? usage.TotalTokenCount) is null ? null : usage;
    }
}
