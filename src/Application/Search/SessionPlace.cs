using QrAi.Application.Paging;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Search;

/// <summary>A place in a list of sessions, the latest activity first.</summary>
/// <param name="UpdatedAt">The latest activity of the last session before it.</param>
/// <param name="SessionId">The session.</param>
internal sealed record SessionPlace(DateTimeOffset UpdatedAt, Guid SessionId)
{
    /// <summary>Reads a caller's cursor.</summary>
    /// <param name="list">The name of the list.</param>
    /// <param name="cursor">The cursor; null for the beginning.</param>
    public static SessionPlace? Of(string list, string? cursor)
    {
        if (cursor is null)
            return null;
        var (time, id) = Cursor.ReadTimeAndId(list, cursor);
        return new SessionPlace(time, id);
    }

    /// <summary>Orders sessions as lists have them.</summary>
    /// <param name="sessions">The sessions.</param>
    public static IOrderedQueryable<Session> InOrder(IQueryable<Session> sessions) =>
        sessions.OrderByDescending(session => session.UpdatedAt).ThenByDescending(session => session.Id);

    /// <summary>Returns the sessions after a place.</summary>
    /// <param name="sessions">The sessions.</param>
    /// <param name="place">The place; null for the beginning.</param>
    // The separate bound on the time lets the index scan begin at the place.
    public static IQueryable<Session> After(IQueryable<Session> sessions, SessionPlace? place) =>
        place is null
            ? sessions
            : sessions.Where(session =>
                session.UpdatedAt <= place.UpdatedAt
                && (session.UpdatedAt < place.UpdatedAt || session.Id.CompareTo(place.SessionId) < 0)
            );
}

/// <summary>A session that a search found.</summary>
/// <param name="Id">The session.</param>
/// <param name="UpdatedAt">Its latest activity.</param>
/// <param name="Message">The number of the newest message that was found; null if only the title was.</param>
internal sealed record FoundSession(Guid Id, DateTimeOffset UpdatedAt, int? Message);
