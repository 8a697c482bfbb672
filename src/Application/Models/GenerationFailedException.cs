namespace QrAi.Application.Models;

/// <summary>No provider gave a whole answer.</summary>
/// <param name="code">One of <see cref="Errors.AnswerErrorCodes"/>.</param>
/// <param name="message">A sentence for the caller, without secrets.</param>
/// <param name="cause">The last provider's failure.</param>
public sealed class GenerationFailedException(string code, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>One of <see cref="Errors.AnswerErrorCodes"/>.</summary>
    public string Code { get; } = code;
}
