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

/// <summary>A new session.</summary>
/// <param name="Title">The title: 1–200 characters after trimming; without it the first question titles the session.</param>
public sealed record CreateSession(string? Title = null) : IRequest<SessionDto>, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

internal sealed class CreateSessionValidator : AbstractValidator<CreateSession>
{
    public CreateSessionValidator() =>
        RuleFor(request => request.Title).HumanText(Session.MaxTitleLength).When(request => request.Title is not null);
}

internal sealed class CreateSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<CreateSession, SessionDto>
{
    public async Task<SessionDto> Handle(CreateSession request, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var session = Session.Open(caller.Owner, request.Title?.Trim(), now);
        var created = mapper.Map<SessionDto>(session);
        await using var database = databases.CreateFor(caller.Owner);
        database.Sessions.Add(session);
        if (request.IdempotencyKey is { } key)
            database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, now, created));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Only this call knows the id: an earlier attempt was saved, and its confirmation was lost.
        }

        return created;
    }
}
