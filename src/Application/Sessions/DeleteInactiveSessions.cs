using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>
/// Deletes a batch of sessions without activity, with their messages, owner by owner. It is idempotent, and several processes may
/// run it concurrently.
/// </summary>
/// <param name="Days">The number of days without activity, at least 1.</param>
/// <param name="After">The <see cref="DeletedSessions.Next"/> of the previous batch; empty for the first one.</param>
public sealed record DeleteInactiveSessions(int Days, string After) : IRequest<DeletedSessions>;

/// <summary>The result of a batch.</summary>
/// <param name="Count">The number of deleted sessions.</param>
/// <param name="Next">Where the next batch begins; null if there is none.</param>
public sealed record DeletedSessions(int Count, string? Next);

internal sealed class DeleteInactiveSessionsValidator : AbstractValidator<DeleteInactiveSessions>
{
    public DeleteInactiveSessionsValidator()
    {
        RuleFor(request => request.Days).GreaterThan(0).WithMessage("must be at least 1 day");
        RuleFor(request => request.After).NotNull();
    }
}

internal sealed class DeleteInactiveSessionsHandler(
    IInactiveSessionStore store,
    IQrAiDbContextFactory databases,
    TimeProvider clock
) : IRequestHandler<DeleteInactiveSessions, DeletedSessions>
{
    /// <summary>The number of sessions of a statement, which bounds the duration of its locks.</summary>
    private const int Batch = 100;

    public async Task<DeletedSessions> Handle(DeleteInactiveSessions request, CancellationToken cancellationToken)
    {
        var before = clock.Now().AddDays(-request.Days);
        var (owner, isInactive) = await store.FindOwnerAsync(request.After, before, cancellationToken);
        if (owner is null || !isInactive)
            return new DeletedSessions(0, owner);

        await using var database = databases.CreateFor(owner);
        var inactive = database.Sessions.Where(session =>
            session.UpdatedAt < before
            && !database.Messages.Any(message =>
                message.SessionId == session.Id && message.Status == MessageStatus.Generating
            )
        );
        var ids = await inactive
            .OrderBy(session => session.UpdatedAt)
            .Take(Batch)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
        // The condition is repeated, as a question may have been asked meanwhile. Index segments lose the session when they are merged.
        var deleted = await inactive.Where(session => ids.Contains(session.Id)).ExecuteDeleteAsync(cancellationToken);
        SessionMetrics.RecordDeleted(deleted);
        return new DeletedSessions(deleted, ids.Count == Batch ? request.After : owner);
    }
}
