using System.Text.Json.Serialization;
using AutoMapper;
using QrAi.Application.Citations;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>A question or an answer. Members that do not apply are left out.</summary>
/// <param name="Id">The message's id, a version 7 UUID.</param>
/// <param name="SessionId">The session of the message.</param>
/// <param name="QuestionId">The question of an answer, which the first event of the stream has.</param>
/// <param name="Role">The author.</param>
/// <param name="Content">The text; the text so far while an answer is being generated.</param>
/// <param name="Status">The state of the message.</param>
/// <param name="Provider">The provider of an answer.</param>
/// <param name="Model">The model of an answer.</param>
/// <param name="Usage">The tokens of an answer, if the provider counted them, and the cost.</param>
/// <param name="Attempts">Every call of a provider for an answer that has ended.</param>
/// <param name="Error">Why an answer failed.</param>
/// <param name="CreatedAt">When the question was asked.</param>
/// <param name="CompletedAt">When the message was completed, failed or was cancelled.</param>
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
    /// <summary>The passages of documents that the text of an answer refers to by markers such as <c>[1]</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Citation>? Citations
    {
        get => field ??= Citation.Of(Content, Sources);
        init;
    }

    /// <summary>Of an answer: the passages of documents that it was given.</summary>
    [JsonIgnore]
    public IReadOnlyList<SourcePassage>? Sources { get; init; }

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
        CreateMap<Message, MessageDto>().ForMember(message => message.Citations, member => member.Ignore());
        // Passed through: AutoMapper would copy the lists, and replace null by an empty one.
        CreateMap<IReadOnlyList<Attempt>, IReadOnlyList<Attempt>>().ConvertUsing(attempts => attempts);
        CreateMap<IReadOnlyList<SourcePassage>, IReadOnlyList<SourcePassage>>().ConvertUsing(sources => sources);
    }
}
