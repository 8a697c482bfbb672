namespace QrAi.Application.Models;

/// <summary>How answers are generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>The whole answer, every attempt and provider included.</summary>
    public required TimeSpan TotalTime { get; init; }

    /// <summary>How many earlier messages of the session are sent with a question: 0–200.</summary>
    public required int HistoryMessages { get; init; }

    /// <summary>How long an answer that has ended is kept in memory while the database is away.</summary>
    public TimeSpan SavingTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>After this time an answer that is still open has lost its process.</summary>
    public TimeSpan AbandonedAfter => TotalTime + SavingTime + TimeSpan.FromMinutes(1);
}
