namespace QrAi.Application.Answers;

/// <summary>
/// Holds the events of answers that are being generated, for any number of followers at any pace. Of answers that ended a
/// while ago it may hold nothing any more: the database has them.
/// </summary>
public interface IAnswerEventLog
{
    /// <summary>Begins the events of an answer.</summary>
    /// <param name="owner">Whom it belongs to; to others its events are not there.</param>
    /// <param name="answerId">The answer.</param>
    IAnswerEventWriter Open(string owner, Guid answerId);

    /// <summary>Follows an answer from an event on, until its last event.</summary>
    /// <param name="owner">Whom it belongs to; to others its events are not there.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="after">The last event that the follower has; 0 for none.</param>
    /// <returns>The events, or null if those of this answer are not held here.</returns>
    IAsyncEnumerable<NumberedAnswerEvent>? Follow(string owner, Guid answerId, long after);

    /// <summary>What has come until now.</summary>
    /// <param name="owner">Whom it belongs to; to others its events are not there.</param>
    /// <param name="answerId">The answer.</param>
    /// <returns>The events, or null if those of this answer are not held here.</returns>
    IReadOnlyList<AnswerEvent>? Snapshot(string owner, Guid answerId);
}

/// <summary>Adds to the events of one answer. Only its generation holds it.</summary>
public interface IAnswerEventWriter
{
    /// <summary>Adds an event; after the last one nothing may follow.</summary>
    /// <param name="happened">The event.</param>
    void Append(AnswerEvent happened);
}
