using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>What a generation is of.</summary>
/// <param name="Id">The answer, or the completion.</param>
/// <param name="Owner">Whom it belongs to.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="SessionId">Of an answer: its session.</param>
/// <param name="QuestionId">Of an answer: its question.</param>
public sealed record GenerationIdentity(
    Guid Id,
    string Owner,
    DateTimeOffset CreatedAt,
    Guid? SessionId = null,
    Guid? QuestionId = null
)
{
    internal static GenerationIdentity Of(Message answer) =>
        new(answer.Id, answer.Owner, answer.CreatedAt, answer.SessionId, answer.QuestionId);

    internal static GenerationIdentity Of(MessageDto answer, string owner) =>
        new(answer.Id, owner, answer.CreatedAt, answer.SessionId, answer.QuestionId);
}
