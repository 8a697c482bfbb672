namespace QrAi.Application.Models;

/// <summary>The options of the generation of answers.</summary>
public sealed record GenerationOptions
{
    /// <summary>The maximum time of an answer, including all attempts of all providers.</summary>
    public required TimeSpan TotalTime { get; init; }

    /// <summary>The system prompt, which is sent to every model.</summary>
    public required string SystemPrompt { get; init; }

    /// <summary>The maximum number of earlier turns of the session that are sent with a question, 0–100.</summary>
    public required int HistoryTurns { get; init; }

    /// <summary>The maximum number of passages of documents that an answer is given, 0–20.</summary>
    public required int Passages { get; init; }
}
