using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>
/// Updates a batch of titles that an earlier version of the program has folded by another rule, in the order of their ids.
/// It is idempotent, and several processes may run it concurrently.
/// </summary>
/// <param name="After">The last session of the previous batch; <see cref="Guid.Empty"/> for the first one.</param>
/// <param name="Limit">The maximum number of sessions, 1–1,000.</param>
/// <returns>The last session of the batch; null if there are no more.</returns>
public sealed record RefoldTitles(Guid After, int Limit) : IRequest<Guid?>;

internal sealed class RefoldTitlesValidator : AbstractValidator<RefoldTitles>
{
    public RefoldTitlesValidator() =>
        RuleFor(request => request.Limit).InclusiveBetween(1, 1_000).WithMessage("must be 1 to 1,000 sessions");
}

internal sealed class RefoldTitlesHandler(IQrAiDbContextFactory databases) : IRequestHandler<RefoldTitles, Guid?>
{
    private static readonly string[] _ownerFilter = [IQrAiDbContext.OwnerFilter];

    public async Task<Guid?> Handle(RefoldTitles request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        var sessions = database.Sessions.IgnoreQueryFilters(_ownerFilter);
        var rule = Session.FoldingRule.ToString();
        var batch = await sessions
            .Where(session => session.Id.CompareTo(request.After) > 0 && !session.FoldedTitle.StartsWith(rule))
            .OrderBy(session => session.Id)
            .Take(request.Limit)
            .Select(session => new { session.Id, session.Title })
            .ToListAsync(cancellationToken);
        foreach (var (id, title) in batch.Select(session => (session.Id, session.Title)))
        {
            var folded = Session.FoldTitle(title);
            // A concurrent renaming folds the new title.
            await sessions
                .Where(session => session.Id == id && session.Title == title)
                .ExecuteUpdateAsync(
                    session =>
                        session
                            .SetProperty(one => one.FoldedTitle, folded)
                            .SetProperty(one => one.IndexedAt, Session.NeverIndexed),
                    cancellationToken
                );
        }

        return batch.Count == request.Limit ? batch[^1].Id : null;
    }
}
