using AutoMapper;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>Opens a session.</summary>
/// <param name="Title">1–200 characters, or null to take the first question's.</param>
public sealed record CreateSession(string? Title) : IRequest<SessionDto>, IRepeatable;

internal sealed class CreateSessionValidator : AbstractValidator<CreateSession>
{
    public CreateSessionValidator() =>
        RuleFor(request => request.Title).HumanText(Session.MaxTitleLength).When(request => request.Title is not null);
}

internal sealed class CreateSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    IdempotentRequest idempotency,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<CreateSession, SessionDto>
{
    public async Task<SessionDto> Handle(CreateSession request, CancellationToken cancellationToken)
    {
        if (idempotency.Earlier is { } earlier)
            return earlier.ReadResult<SessionDto>();

        var session = Session.Open(caller.Owner, request.Title?.Trim(), clock.Now());
        var created = mapper.Map<SessionDto>(session);
        await using var database = databases.CreateFor(caller.Owner);
        database.Sessions.Add(session);
        idempotency.Record(database, result: created);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Only this call knows the id: it is there because a try was saved whose confirmation was lost, unless
            // somebody was faster with the same key.
            if (await idempotency.FindEarlierAsync(cancellationToken) is { } faster)
                return faster.ReadResult<SessionDto>();
        }

        idempotency.NoteKept();
        return created;
    }
}
