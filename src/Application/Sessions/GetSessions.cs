using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Persistence;

namespace QrAi.Application.Sessions;

/// <summary>Reads several sessions at once.</summary>
/// <param name="Ids">The ids, 1–1,000.</param>
/// <returns>The existing sessions by id.</returns>
public sealed record GetSessions(IReadOnlyCollection<Guid> Ids) : IRequest<IReadOnlyDictionary<Guid, SessionDto>>;

internal sealed class GetSessionsValidator : AbstractValidator<GetSessions>
{
    /// <summary>The maximum number of ids, which bounds the statement.</summary>
    internal const int MaxIds = 1_000;

    public GetSessionsValidator() =>
        RuleFor(request => request.Ids.Count)
            .InclusiveBetween(1, MaxIds)
            .WithMessage($"must be 1 to {MaxIds} sessions")
            .OverridePropertyName(nameof(GetSessions.Ids));
}

internal sealed class GetSessionsHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<GetSessions, IReadOnlyDictionary<Guid, SessionDto>>
{
    public async Task<IReadOnlyDictionary<Guid, SessionDto>> Handle(
        GetSessions request,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await database
            .Sessions.Where(session => request.Ids.Contains(session.Id))
            .ProjectTo<SessionDto>(mapper.ConfigurationProvider)
            .ToDictionaryAsync(session => session.Id, cancellationToken);
    }
}
