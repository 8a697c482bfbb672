using System.Runtime.CompilerServices;
using QrAi.Application.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Follows answers, whether their events are held or only what came of them.</summary>
internal sealed class AnswerFollower(IAnswerEventLog log, EndedAnswerReader ended)
{
    /// <summary>Follows an answer from an event on, until its last event.</summary>
    /// <param name="owner">Whom it belongs to; to others it is not there.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="after">The last event that the follower has; 0 for none.</param>
    /// <param name="cancellationToken">Stops following.</param>
    /// <exception cref="Errors.NotFoundException">There is no such answer.</exception>
    public IAsyncEnumerable<NumberedAnswerEvent> Follow(
        string owner,
        Guid answerId,
        long after,
        CancellationToken cancellationToken
    ) => log.Follow(owner, answerId, after) ?? ReplayAsync(owner, answerId, after, cancellationToken);

    /// <summary>
    /// Tells an answer whose events are held no longer. Where the text was cut into deltas is forgotten, so a follower who
    /// has some of it already is told that it is void and gets it whole.
    /// </summary>
    private async IAsyncEnumerable<NumberedAnswerEvent> ReplayAsync(
        string owner,
        Guid answerId,
        long after,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var answer = await ended.WaitAsync(owner, answerId, cancellationToken);
        var id = after;
        foreach (var happened in Replay(answer, fromStart: id == 0))
            yield return new NumberedAnswerEvent(++id, happened);
    }

    private static IEnumerable<AnswerEvent> Replay(MessageDto answer, bool fromStart)
    {
        if (answer is { QuestionId: { } questionId, Provider: { } provider, Model: { } model })
        {
            yield return fromStart
                ? new AnswerEvent.Started(answer.SessionId, questionId, answer.Id, provider, model)
                : new AnswerEvent.Restarted(provider, model);
            if (answer.Content.Length > 0)
                yield return new AnswerEvent.Delta(answer.Content);
        }

        yield return AnswerEvent.Ended(answer);
    }
}
