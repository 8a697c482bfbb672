namespace QrAi.Application.Models;

/// <summary>Thrown when no provider completed the answer.</summary>
/// <param name="code">One of <see cref="Errors.AnswerErrorCodes"/>.</param>
/// <param name="message">A sentence for the caller, without secrets.</param>
/// <param name="cause">The failure of the last provider.</param>
public sealed class GenerationFailedException(string code, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>One of <see cref="Errors.AnswerErrorCodes"/>.</summary>
    public string Code { get; } = code;
}
