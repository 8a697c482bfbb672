namespace QrAi.Application.Search;

/// <summary>
/// Consecutive numbers of the search index that stand for messages of a session: a message has the same number in the index
/// whoever indexes it. Ranges have no owner: a query joins their session, and the database deletes them with it.
/// </summary>
public sealed class IndexRange
{
    /// <summary>The size of a range: most sessions need one.</summary>
    public const int Size = 16;

    private IndexRange() { }

    /// <summary>The number of the range; its numbers in the index begin with <see cref="Size"/> times this.</summary>
    public long Id { get; private init; }

    /// <summary>The session.</summary>
    public Guid SessionId { get; private init; }

    /// <summary>The position in the session, from 0. The first number of the first range is that of the title.</summary>
    public int Position { get; private init; }

    /// <summary>
    /// The number of additions to the index, in the first range of a session. An update requires the number that was read, so that
    /// two processes do not add the same.
    /// </summary>
    public int Revision { get; private set; }

    /// <summary>Records an addition to the index.</summary>
    internal void Revise() => Revision++;

    /// <summary>Creates a range.</summary>
    /// <param name="id">A number that no other range has.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="position">The position in the session, from 0.</param>
    internal static IndexRange Of(long id, Guid sessionId, int position) =>
        new()
        {
            Id = id,
            SessionId = sessionId,
            Position = position,
        };

    /// <summary>Returns the position of the range of a message.</summary>
    /// <param name="message">The number of the message in its session, from 1; 0 for the title.</param>
    internal static int PositionOf(int message) => message / Size;

    /// <summary>Returns the number of a message in the index.</summary>
    /// <param name="rangeId">The range of the message.</param>
    /// <param name="message">The number of the message in its session; 0 for the title.</param>
    internal static long EntryOf(long rangeId, int message) => rangeId * Size + message % Size;
}
