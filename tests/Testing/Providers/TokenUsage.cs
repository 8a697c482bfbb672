namespace QrAi.Tests.Testing.Providers;

/// <summary>What an answer's usage chunk counts.</summary>
public sealed record TokenUsage(int Prompt, int Completion);
