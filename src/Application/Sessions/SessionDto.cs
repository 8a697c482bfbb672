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
);

internal sealed class SessionMapping : Profile
{
    public SessionMapping() => CreateMap<Session, SessionDto>();
}
