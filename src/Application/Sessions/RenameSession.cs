using AutoMapper;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>Gives a session another title.</summary>
/// <param name="Id">The session.</param>
/// <param name="Title">1–200 characters.</param>
public sealed record RenameSession(Guid Id, string? Title) : IRequest<SessionDto>, IRepeatable;

internal sealed class RenameSessionValidator : AbstractValidator<RenameSession>
{
    public RenameSessionValidator() => RuleFor(request => request.Title).HumanText(Session.MaxTitleLength);
}

internal sealed class RenameSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<RenameSession, SessionDto>
{
    public async Task<SessionDto> Handle(RenameSession request, CancellationToken cancellationToken)
    {
        // A repetition must not undo what has been done since.
        if (idempotency.Earlier is { } earlier)
            return earlier.ReadResult<SessionDto>();

        var renamed = await ConflictRetry.RunAsync(
            () => databases.CreateFor(caller.Owner),
            async database =>
            {
                var session =
                    await database.Sessions.SingleOrDefaultAsync(one => one.Id == request.Id, cancellationToken)
                    ?? throw new NotFoundException("session", request.Id);
                if (await idempotency.FindEarlierAsync(cancellationToken) is { } faster)
                    return faster.ReadResult<SessionDto>();

                session.Rename(request.Title!.Trim(), clock.Now());
                var renamed = mapper.Map<SessionDto>(session);
                idempotency.Record(database, result: renamed);
                await database.SaveChangesAsync(cancellationToken);
                return renamed;
            }
        );
        idempotency.NoteKept();
        return renamed;
    }
}
