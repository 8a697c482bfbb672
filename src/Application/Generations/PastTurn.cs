namespace QrAi.Application.Generations;

/// <summary>An earlier answered turn of a session, for a prompt.</summary>
/// <param name="Question">The text of the question.</param>
/// <param name="Answer">The text of the answer.</param>
public readonly record struct PastTurn(string Question, string Answer);
