using QrAi.Application.Citations;

namespace QrAi.Application.Generations;

/// <summary>An earlier answered turn of a session, for a prompt.</summary>
/// <param name="Question">The text of the question.</param>
/// <param name="Answer">The text of the answer.</param>
public readonly record struct PastTurn(string Question, string Answer)
{
    /// <summary>Returns a turn whose answer may have markers, which have no meaning in the prompt of another question.</summary>
    /// <param name="question">The text of the question.</param>
    /// <param name="answer">The text of the answer.</param>
    /// <param name="hasSources">Whether the answer was given passages.</param>
    public static PastTurn Of(string question, string answer, bool hasSources) =>
        new(question, hasSources ? new MarkerFilter(0).Check(answer) : answer);
}
