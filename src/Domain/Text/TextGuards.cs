using Ardalis.GuardClauses;

namespace QrAi.Domain.Text;

/// <summary>Guard clauses for text that callers send.</summary>
public static class TextGuards
{
    /// <summary>Rejects text that is empty, too long or not storable.</summary>
    /// <param name="guard">The guard.</param>
    /// <param name="text">The trimmed text.</param>
    /// <param name="maxCharacters">The maximum length, in code points.</param>
    /// <param name="parameterName">The name of the parameter, for the exception.</param>
    /// <returns>The text.</returns>
    /// <exception cref="ArgumentException">If the text is rejected.</exception>
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
