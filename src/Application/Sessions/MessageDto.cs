using System.Text.Json.Serialization;
using AutoMapper;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>A question or an answer as callers see it. What does not apply is left out.</summary>
/// <param name="Id">A version 7 UUID.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="QuestionId">Of an answer: its question. Callers are told in the stream's first event.</param>
/// <param name="Role">Who wrote it.</param>
/// <param name="Content">The text; of an answer that is being generated, what has come so far.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Provider">Of an answer: who wrote it.</param>
/// <param name="Model">Of an answer: with which model.</param>
/// <param name="Usage">Of an answer: what it cost, if the provider told.</param>
/// <param name="Attempts">Of an answer that has ended: every call of a provider.</param>
/// <param name="Error">Of a failed answer: why.</param>
/// <param name="CreatedAt">When it was asked.</param>
/// <param name="CompletedAt">When it was whole, failed or cancelled.</param>
public sealed record MessageDto(
    Guid Id,
    Guid SessionId,
    [property: JsonIgnore] Guid? QuestionId,
    MessageRole Role,
    string Content,
    MessageStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Provider,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TokenUsage? Usage,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Attempt>? Attempts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AnswerError? Error,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? CompletedAt
)
{
    /// <summary>Of a complete answer: the finish reason, which only OpenAI's protocol has.</summary>
    [JsonIgnore]
    public string? FinishReason { get; init; }

    /// <summary>Of an answer: the number of its run, with which the ids of its events begin.</summary>
    [JsonIgnore]
    public int Run { get; init; }

    /// <summary>Of an answer: the number of takeovers by other processes.</summary>
    [JsonIgnore]
    public int Takeovers { get; init; }
}

internal sealed class MessageMapping : Profile
{
    public MessageMapping()
    {
        CreateMap<Message, MessageDto>();
        // Passed through: AutoMapper would copy the list, and replace null by an empty one.
        CreateMap<IReadOnlyList<Attempt>, IReadOnlyList<Attempt>>().ConvertUsing(attempts => attempts);
    }
}
