using AutoMapper;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>A session as callers see it.</summary>
/// <param name="Id">A version 7 UUID.</param>
/// <param name="Title">What it is about.</param>
/// <param name="MessageCount">How many messages it has.</param>
/// <param name="CreatedAt">When it was opened.</param>
/// <param name="UpdatedAt">When something last happened in it.</param>
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
