using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>
/// Folds titles again that another program, an older one, has folded by another rule: a batch of them, in the order of
/// their ids. Any number of processes may do so at once, and as often as they like.
/// </summary>
/// <param name="After">The last session of the batch before; <see cref="Guid.Empty"/> to begin with.</param>
/// <param name="Limit">The most sessions.</param>
/// <returns>The last session of the batch; null if there are no more.</returns>
public sealed record RefoldTitles(Guid After, int Limit) : IRequest<Guid?>;

internal sealed class RefoldTitlesValidator : AbstractValidator<RefoldTitles>
{
    public RefoldTitlesValidator() =>
        RuleFor(request => request.Limit).InclusiveBetween(1, 1_000).WithMessage("must be 1 to 1,000 sessions");
}

internal sealed class RefoldTitlesHandler(IQrAiDbContextFactory databases) : IRequestHandler<RefoldTitles, Guid?>
{
    private static readonly string[] _everyOwners = [IQrAiDbContext.OwnerFilter];

    public async Task<Guid?> Handle(RefoldTitles request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        var sessions = database.Sessions.IgnoreQueryFilters(_everyOwners);
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
            // Whoever renames it meanwhile folds the new title.
            await sessions
                .Where(session => session.Id == id && session.Title == title)
                .ExecuteUpdateAsync(session => session.SetProperty(one => one.FoldedTitle, folded), cancellationToken);
        }

        return batch.Count == request.Limit ? batch[^1].Id : null;
    }
}
