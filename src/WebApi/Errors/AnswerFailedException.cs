using QrAi.Application.Sessions;

namespace QrAi.WebApi.Errors;

/// <summary>An answer that the caller waited for has failed; it is stored as failed.</summary>
/// <param name="answer">The answer.</param>
internal sealed class AnswerFailedException(MessageDto answer) : Exception(answer.Error!.Message)
{
    /// <summary>The answer.</summary>
    public MessageDto Answer { get; } = answer;
}
