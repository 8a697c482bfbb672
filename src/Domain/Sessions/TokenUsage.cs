namespace QrAi.Domain.Sessions;

/// <summary>What an answer cost, as the provider counted it.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="TotalTokens">Their sum, or what the provider says it is.</param>
public sealed record TokenUsage(int PromptTokens, int CompletionTokens, int TotalTokens);
