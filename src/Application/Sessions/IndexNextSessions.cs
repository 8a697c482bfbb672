using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Sessions;

/// <summary>
/// Adds to the search index what is new in sessions of the next owner, up to a limit: titles, and messages whose answer has ended.
/// </summary>
/// <param name="After">The previous owner; empty for the first one.</param>
/// <returns>The owner; null if there is no more.</returns>
public sealed record IndexNextSessions(string After) : IRequest<string?>;

internal sealed class IndexNextSessionsValidator : AbstractValidator<IndexNextSessions>
{
    public IndexNextSessionsValidator() => RuleFor(request => request.After).NotNull();
}

internal sealed class IndexNextSessionsHandler(
    ISessionIndexStore store,
    IQrAiDbContextFactory databases,
    SegmentMerger merger,
    Worker worker,
    WorkOptions work,
    TimeProvider clock,
    ILogger<IndexNextSessionsHandler> logger
) : IRequestHandler<IndexNextSessions, string?>
{
    private const int MaxSessions = 100;
    private const int MaxMessages = 250;

    public async Task<string?> Handle(IndexNextSessions request, CancellationToken cancellationToken)
    {
        await worker.RegisterAsync(cancellationToken);
        var owner = await store.FindOwnerAsync(request.After, worker.Id, work.Lease, cancellationToken);
        if (owner is null)
            return null;

        try
        {
            if (await IndexAsync(owner, cancellationToken))
                await merger.MergeAsync(IndexKind.Sessions, owner, isShared: false, cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // A session was deleted, or another process has indexed it: the next run reads what is left.
            logger.LogDebug("Sessions changed while they were indexed");
        }

        return owner;
    }

    private async Task<bool> IndexAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        var sessions = await database
            .Sessions.Where(session =>
                session.IndexedAt != session.UpdatedAt
                && !database.Messages.Any(message =>
                    message.SessionId == session.Id && message.Status == MessageStatus.Generating
                )
            )
            .OrderByDescending(session => session.UpdatedAt)
            .ThenByDescending(session => session.Id)
            .Take(MaxSessions)
            .ToListAsync(cancellationToken);
        var ids = sessions.ConvertAll(session => session.Id);
        var messages = await database
            .Messages.Join(
                database.Sessions,
                message => message.SessionId,
                session => session.Id,
                (message, session) => new { message, session.IndexedMessages }
            )
            .Where(one => ids.Contains(one.message.SessionId) && one.message.Number > one.IndexedMessages)
            .OrderBy(one => one.message.SessionId)
            .ThenBy(one => one.message.Number)
            .Take(MaxMessages)
            .Select(one => new NewMessage(
                one.message.SessionId,
                one.message.Number,
                one.message.Content.Substring(0, SessionTerms.MaxMessageLength)
            ))
            .ToListAsync(cancellationToken);

        var changes = ChangesOf(sessions, messages);
        if (changes.Count == 0)
            return false;
        var ranges = await NumberAsync(database, changes, cancellationToken);
        var builder = new SegmentBuilder();
        foreach (var change in changes)
            Add(builder, change, ranges);
        if (builder.Passages.Count > 0)
            database.IndexSegments.Add(IndexSegment.Of(owner, builder, clock.Now()));
        await database.SaveChangesAsync(cancellationToken);
        return builder.Passages.Count > 0;
    }

    /// <summary>Assigns the messages to their sessions. If there are more, the last session is incomplete, and later ones wait.</summary>
    private static List<Change> ChangesOf(List<Session> sessions, List<NewMessage> messages)
    {
        var bySession = messages.ToLookup(message => message.SessionId);
        var last = messages.Count == MaxMessages ? messages[^1].SessionId : (Guid?)null;
        return
        [
            .. sessions
                .Where(session => last is not { } id || session.Id.CompareTo(id) <= 0)
                .Select(session => new Change(
                    session,
                    // A question that was asked since belongs to the next run.
                    [.. bySession[session.Id].Where(message => message.Number <= session.MessageCount)],
                    IsComplete: session.Id != last
                )),
        ];
    }

    /// <summary>Returns the ranges of the changed titles and messages by session and position, those that are missing are added.</summary>
    private async Task<Dictionary<(Guid SessionId, int Position), long>> NumberAsync(
        IQrAiDbContext database,
        List<Change> changes,
        CancellationToken cancellationToken
    )
    {
        var ids = changes.ConvertAll(change => change.Session.Id);
        var ranges = await database
            .IndexRanges.Join(
                database.Sessions,
                range => range.SessionId,
                session => session.Id,
                (range, session) => new { range, First = (session.IndexedMessages + 1) / IndexRange.Size }
            )
            .Where(one =>
                ids.Contains(one.range.SessionId) && (one.range.Position == 0 || one.range.Position >= one.First)
            )
            .ToDictionaryAsync(
                one => (one.range.SessionId, one.range.Position),
                one => one.range.Id,
                cancellationToken
            );
        var missing = changes
            .SelectMany(change => change.Positions.Select(position => (change.Session.Id, position)))
            .Where(place => !ranges.ContainsKey(place))
            .ToList();
        if (missing.Count == 0)
            return ranges;
        var next = await store.ReserveRangesAsync(missing.Count, cancellationToken);
        foreach (var (sessionId, position) in missing)
        {
            database.IndexRanges.Add(IndexRange.Of(next, sessionId, position));
            ranges.Add((sessionId, position), next++);
        }

        return ranges;
    }

    private static void Add(
        SegmentBuilder builder,
        Change change,
        Dictionary<(Guid SessionId, int Position), long> ranges
    )
    {
        var session = change.Session;
        var title = session.FoldedTitle.AsSpan(1); // without the version of the rule
        var titleKey = (int)(PassageTerms.KeyOf(title) | 1); // 0 stands for none
        if (titleKey != session.IndexedTitle)
            builder.Add(EntryOf(0), SessionTerms.OfTitle(title));
        foreach (var message in change.Messages)
            if (message.Content.Length > 0)
                builder.Add(EntryOf(message.Number), PassageTerms.Of(message.Content));
        session.RecordIndexed(
            change.IsComplete ? session.MessageCount
                : change.Messages is [.., var last] ? last.Number
                : session.IndexedMessages,
            titleKey,
            change.IsComplete
        );

        long EntryOf(int number) => IndexRange.EntryOf(ranges[(session.Id, IndexRange.PositionOf(number))], number);
    }

    private sealed record NewMessage(Guid SessionId, int Number, string Content);

    private sealed record Change(Session Session, IReadOnlyList<NewMessage> Messages, bool IsComplete)
    {
        /// <summary>The positions of the ranges of the title and of the messages.</summary>
        public IEnumerable<int> Positions =>
            Messages.Select(message => IndexRange.PositionOf(message.Number)).Prepend(0).Distinct();
    }
}
