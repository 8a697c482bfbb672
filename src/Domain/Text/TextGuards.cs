using Ardalis.GuardClauses;

namespace QrAi.Domain.Text;

/// <summary>Guard clauses for text that people write.</summary>
public static class TextGuards
{
    /// <summary>Refuses text that is empty, longer than allowed or cannot be stored.</summary>
    /// <param name="guard">The guard.</param>
    /// <param name="text">The text, trimmed already.</param>
    /// <param name="maxCharacters">The most code points.</param>
    /// <param name="parameterName">What to call it in the error.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException">The text is refused.</exception>
    public static string InvalidText(this IGuardClause guard, string text, int maxCharacters, string parameterName)
    {
        guard.NullOrWhiteSpace(text, parameterName);
        if (UnicodeText.CountCharacters(text) > maxCharacters)
            throw new ArgumentException($"must have at most {maxCharacters} characters", parameterName);
        if (!UnicodeText.IsStorable(text))
            throw new ArgumentException("must be well-formed Unicode without NUL", parameterName);
        return text;
    }
}
