namespace QrAi.Domain.Sessions;

/// <summary>The tokens of an answer, as the provider counted them.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="TotalTokens">Their sum, or the provider's own figure.</param>
public sealed record TokenUsage(int PromptTokens, int CompletionTokens, int TotalTokens);
