using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Maps the finish reasons of providers to those of OpenAI:
/// https://platform.openai.com/docs/api-reference/chat/object, https://ai.google.dev/api/generate-content#FinishReason,
/// https://docs.anthropic.com/en/api/handling-stop-reasons.
/// </summary>
internal static class FinishReasons
{
    /// <summary>The finish reason of a provider that failed during the answer: the answer is incomplete.</summary>
    public const string Error = "error";

    /// <summary>Returns OpenAI's equivalent of a provider's finish reason.</summary>
    /// <param name="reason">The provider's finish reason.</param>
    /// <param name="hasCalls">Whether the answer has tool calls, which then are the reason.</param>
    public static ChatFinishReason Of(string reason, bool hasCalls) =>
        reason.ToUpperInvariant() switch
        {
            "LENGTH" or "MAX_TOKENS" or "MAX_OUTPUT_TOKENS" or "MODEL_LENGTH" or "MODEL_CONTEXT_WINDOW_EXCEEDED" =>
                ChatFinishReason.Length,
            "CONTENT_FILTER"
            or "CONTENT_FILTERED"
            or "SAFETY"
            or "IMAGE_SAFETY"
            or "RECITATION"
            or "BLOCKLIST"
            or "PROHIBITED_CONTENT"
            or "SPII"
            or "REFUSAL"
            or "SENSITIVE" => ChatFinishReason.ContentFilter,
            _ when hasCalls => ChatFinishReason.ToolCalls,
            _ => ChatFinishReason.Stop,
        };
}
