namespace QrAi.Application.Generations;

/// <summary>An earlier turn of a session that was answered, as a provider is told of it.</summary>
/// <param name="Question">The question's text.</param>
/// <param name="Answer">The answer's text.</param>
public readonly record struct PastTurn(string Question, string Answer);
