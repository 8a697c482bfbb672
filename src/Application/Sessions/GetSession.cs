using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;

namespace QrAi.Application.Sessions;

/// <summary>Reads a session.</summary>
/// <param name="Id">The session.</param>
public sealed record GetSession(Guid Id) : IRequest<SessionDto>;

internal sealed class GetSessionHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<GetSession, SessionDto>
{
    public async Task<SessionDto> Handle(GetSession request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await database
                .Sessions.Where(session => session.Id == request.Id)
                .ProjectTo<SessionDto>(mapper.ConfigurationProvider)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("session", request.Id);
    }
}
