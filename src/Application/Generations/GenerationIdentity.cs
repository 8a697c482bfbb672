using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Generations;

/// <summary>The answer or completion of a generation.</summary>
/// <param name="Id">The id of the answer or completion.</param>
/// <param name="Owner">The owner.</param>
/// <param name="CreatedAt">The time of the request.</param>
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
