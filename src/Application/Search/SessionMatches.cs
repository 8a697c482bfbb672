using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;

namespace QrAi.Application.Search;

/// <summary>Reads the sessions that a search found, with quotes of what was found.</summary>
internal sealed class SessionMatches(IMapper mapper)
{
    /// <summary>Reads sessions.</summary>
    /// <param name="database">The unit of work of the owner.</param>
    /// <param name="query">The query.</param>
    /// <param name="found">The sessions.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The existing sessions, in the same order.</returns>
    public async Task<List<SessionDto>> ReadAsync(
        IQrAiDbContext database,
        string query,
        IReadOnlyList<FoundSession> found,
        CancellationToken cancellationToken
    )
    {
        if (found.Count == 0)
            return [];
        var ids = found.Select(one => one.Id).ToArray();
        var sessions = await database
            .Sessions.Where(session => ids.Contains(session.Id))
            .ProjectTo<SessionDto>(mapper.ConfigurationProvider)
            .ToDictionaryAsync(session => session.Id, cancellationToken);
        var messages = await ReadMessagesAsync(database, found, cancellationToken);
        return
        [
            .. found
                .Where(one => sessions.ContainsKey(one.Id))
                .Select(one => (Session: sessions[one.Id], Message: messages.GetValueOrDefault(one.Id)))
                .Select(one =>
                    one.Session with
                    {
                        Match = one.Message is null
                            ? new SessionMatch(null, one.Session.Title)
                            : new SessionMatch(one.Message.Id, Quote.Of(one.Message.Content, query)),
                    }
                ),
        ];
    }

    private static async Task<Dictionary<Guid, FoundMessage>> ReadMessagesAsync(
        IQrAiDbContext database,
        IReadOnlyList<FoundSession> found,
        CancellationToken cancellationToken
    )
    {
        var numbers = found
            .Where(one => one.Message is not null)
            .ToDictionary(one => one.Id, one => one.Message!.Value);
        if (numbers.Count == 0)
            return [];
        var (sessionIds, distinctNumbers) = (numbers.Keys.ToArray(), numbers.Values.Distinct().ToArray());
        // Every combination of a session and a number, of which few are wanted: their texts are read afterwards.
        var combinations = await database
            .Messages.Where(message =>
                sessionIds.Contains(message.SessionId) && distinctNumbers.Contains(message.Number)
            )
            .Select(message => new
            {
                message.Id,
                message.SessionId,
                message.Number,
            })
            .ToListAsync(cancellationToken);
        var ids = combinations.Where(one => numbers[one.SessionId] == one.Number).Select(one => one.Id).ToArray();
        return await database
            .Messages.Where(message => ids.Contains(message.Id))
            .Select(message => new FoundMessage(
                message.Id,
                message.SessionId,
                message.Content.Substring(0, SessionTerms.MaxMessageLength)
            ))
            .ToDictionaryAsync(message => message.SessionId, cancellationToken);
    }

    private sealed record FoundMessage(Guid Id, Guid SessionId, string Content);
}
