using System.Text.Json.Serialization;
using AutoMapper;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>A session.</summary>
/// <param name="Id">The session's id, a version 7 UUID.</param>
/// <param name="Title">The title.</param>
/// <param name="MessageCount">The number of messages.</param>
/// <param name="CreatedAt">When the session was created.</param>
/// <param name="UpdatedAt">When the session or a message of it last changed.</param>
public sealed record SessionDto(
    Guid Id,
    string Title,
    int MessageCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>In the results of a search: what was found.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionMatch? Match { get; init; }
}

/// <summary>What a search has found of a session.</summary>
/// <param name="MessageId">The newest message that was found; absent if only the title was.</param>
/// <param name="Quote">The part of the message around what was found, or the title: at most 200 characters.</param>
public sealed record SessionMatch(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? MessageId,
    string Quote
);

internal sealed class SessionMapping : Profile
{
    public SessionMapping() =>
        CreateMap<Session, SessionDto>().ForMember(session => session.Match, member => member.Ignore());
}
