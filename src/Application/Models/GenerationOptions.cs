namespace QrAi.Application.Models;

/// <summary>How answers are generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>The whole answer, every attempt and provider included.</summary>
    public required TimeSpan TotalTime { get; init; }

    /// <summary>What every model is told first.</summary>
    public required string SystemPrompt { get; init; }

    /// <summary>How many earlier turns of the session are sent with a question: 0–100.</summary>
    public required int HistoryTurns { get; init; }
}
