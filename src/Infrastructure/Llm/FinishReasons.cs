using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Why a model stopped, in OpenAI's words whatever the provider's are:
/// https://platform.openai.com/docs/api-reference/chat/object, https://ai.google.dev/api/generate-content#FinishReason,
/// https://docs.anthropic.com/en/api/handling-stop-reasons.
/// </summary>
internal static class FinishReasons
{
    /// <summary>What a provider says when it has failed in the middle: no reason, but a break.</summary>
    public const string Error = "error";

    /// <summary>OpenAI's word for a provider's.</summary>
    /// <param name="reason">The provider's word.</param>
    /// <param name="hasCalls">Whether the answer has tool calls: then it is for them that a model stopped.</param>
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
