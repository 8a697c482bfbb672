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

/// <summary>Changes the title of a session.</summary>
/// <param name="Id">The session.</param>
/// <param name="Title">The title, 1–200 characters.</param>
public sealed record RenameSession(Guid Id, string? Title) : IRequest<SessionDto>, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

internal sealed class RenameSessionValidator : AbstractValidator<RenameSession>
{
    public RenameSessionValidator() => RuleFor(request => request.Title).HumanText(Session.MaxTitleLength);
}

internal sealed class RenameSessionHandler(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<RenameSession, SessionDto>
{
    public Task<SessionDto> Handle(RenameSession request, CancellationToken cancellationToken) =>
        ConflictRetry.RunAsync(
            () => databases.CreateFor(caller.Owner),
            async database =>
            {
                var session =
                    await database.Sessions.SingleOrDefaultAsync(one => one.Id == request.Id, cancellationToken)
                    ?? throw new NotFoundException("session", request.Id);
                var now = clock.Now();
                session.Rename(request.Title!.Trim(), now);
                var renamed = mapper.Map<SessionDto>(session);
                if (request.IdempotencyKey is { } key)
                    database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, now, renamed));
                await database.SaveChangesAsync(cancellationToken);
                return renamed;
            }
        );
}
