using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
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
/// <returns>The result; null if no later owner has anything new.</returns>
public sealed record IndexNextSessions(string After) : IRequest<SessionsIndexed?>;

/// <summary>A step of indexing sessions.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="HasIndexed">Whether something was indexed; if not, it is tried again later.</param>
public sealed record SessionsIndexed(string Owner, bool HasIndexed);

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
) : IRequestHandler<IndexNextSessions, SessionsIndexed?>
{
    private const int MaxSessions = 100;
    private const int MaxMessages = 250;

    public async Task<SessionsIndexed?> Handle(IndexNextSessions request, CancellationToken cancellationToken)
    {
        await worker.RegisterAsync(cancellationToken);
        var owner = await store.FindOwnerAsync(request.After, worker.Id, work.Lease, cancellationToken);
        if (owner is null)
            return null;

        try
        {
            return new SessionsIndexed(owner, await IndexAsync(owner, cancellationToken));
        }
        catch (DbUpdateConcurrencyException)
        {
            // A session was deleted, or another process has indexed it: the next run reads what is left.
            logger.LogDebug("Sessions changed while they were indexed");
        }
        catch (Exception exception) when (exception is not (DatabaseUnavailableException or OperationCanceledException))
        {
            // The sessions of other owners must not wait for those of this one, which are retried in the next round.
            logger.LogError(exception, "The sessions of an owner cannot be indexed");
        }

        return new SessionsIndexed(owner, HasIndexed: false);
    }

    private async Task<bool> IndexAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        var unindexed = database.Sessions.Where(session => session.IndexedAt != session.UpdatedAt);
        var ids = await SessionPlace
            .InOrder(unindexed)
            .Where(session =>
                !database.Messages.Any(message =>
                    message.SessionId == session.Id && message.Status == MessageStatus.Generating
                )
            )
            .Take(MaxSessions)
            .Select(session => session.Id)
            .ToListAsync(cancellationToken);
        // Before the sessions: what another process indexes meanwhile is either known from them, or the save has a conflict.
        var ranges = await ReadRangesAsync(database, ids, cancellationToken);
        var sessions = await unindexed.Where(session => ids.Contains(session.Id)).ToListAsync(cancellationToken);
        var messages = await ReadMessagesAsync(database, ids, cancellationToken);

        var changes = ChangesOf(sessions, messages);
        if (changes.Count == 0)
            return false;
        await AddRangesAsync(database, changes, ranges, cancellationToken);
        var builder = new SegmentBuilder();
        foreach (var change in changes)
            Add(builder, change, ranges);
        if (builder.Passages.Count > 0)
            database.IndexSegments.Add(IndexSegment.Of(owner, builder, clock.Now()));
        await database.SaveChangesAsync(cancellationToken);
        if (builder.Passages.Count > 0)
            await merger.MergeAsync(IndexKind.Sessions, owner, isShared: false, cancellationToken);
        return true;
    }

    /// <summary>Reads the first range of each session, and that of its next message.</summary>
    private static async Task<Dictionary<(Guid SessionId, int Position), IndexRange>> ReadRangesAsync(
        IQrAiDbContext database,
        List<Guid> ids,
        CancellationToken cancellationToken
    ) =>
        await database
            .IndexRanges.Join(
                database.Sessions,
                range => range.SessionId,
                session => session.Id,
                (range, session) => new { range, First = (session.IndexedMessages + 1) / IndexRange.Size }
            )
            .Where(one =>
                ids.Contains(one.range.SessionId) && (one.range.Position == 0 || one.range.Position >= one.First)
            )
            .Select(one => one.range)
            .ToDictionaryAsync(range => (range.SessionId, range.Position), cancellationToken);

    private static async Task<List<NewMessage>> ReadMessagesAsync(
        IQrAiDbContext database,
        List<Guid> ids,
        CancellationToken cancellationToken
    ) =>
        await database
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

    private async Task AddRangesAsync(
        IQrAiDbContext database,
        List<Change> changes,
        Dictionary<(Guid SessionId, int Position), IndexRange> ranges,
        CancellationToken cancellationToken
    )
    {
        var missing = changes
            .SelectMany(change => change.Positions.Select(position => (change.Session.Id, position)))
            .Where(place => !ranges.ContainsKey(place))
            .ToList();
        if (missing.Count == 0)
            return;
        var next = await store.ReserveRangesAsync(missing.Count, cancellationToken);
        foreach (var (sessionId, position) in missing)
        {
            var range = IndexRange.Of(next++, sessionId, position);
            database.IndexRanges.Add(range);
            ranges.Add((sessionId, position), range);
        }
    }

    private static void Add(
        SegmentBuilder builder,
        Change change,
        Dictionary<(Guid SessionId, int Position), IndexRange> ranges
    )
    {
        var session = change.Session;
        ranges[(session.Id, 0)].Revise();
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

        long EntryOf(int number) => IndexRange.EntryOf(ranges[(session.Id, IndexRange.PositionOf(number))].Id, number);
    }

    private sealed record NewMessage(Guid SessionId, int Number, string Content);

    private sealed record Change(Session Session, IReadOnlyList<NewMessage> Messages, bool IsComplete)
    {
        /// <summary>The positions of the ranges of the title and of the messages.</summary>
        public IEnumerable<int> Positions =>
            Messages.Select(message => IndexRange.PositionOf(message.Number)).Prepend(0).Distinct();
    }
}
