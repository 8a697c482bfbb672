namespace QrAi.Tests.Testing.Providers;

/// <summary>The numbers in the usage chunk of an answer.</summary>
public sealed record TokenUsage(int Prompt, int Completion);
