using QrAi.Application.Errors;

namespace QrAi.Application.Generations;

/// <summary>Finds answers to follow, wherever they are generated and whether or not they have ended.</summary>
internal sealed class AnswerFinder(RunningGenerations running, AnswersElsewhere elsewhere)
{
    /// <summary>Follows an answer that is generated here, from its start.</summary>
    /// <param name="answer">The answer.</param>
    public Follower Follow(RunningGeneration answer) => new(answer, Position.Start, elsewhere);

    /// <summary>Follows an answer.</summary>
    /// <param name="owner">Whom it belongs to; to others it is not there.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="after">How much the follower has.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NotFoundException">There is no such answer.</exception>
    /// <exception cref="InvalidRequestException">No event of the answer leads to the position.</exception>
    public async Task<Follower> FollowAsync(
        string owner,
        Guid answerId,
        Position after,
        CancellationToken cancellationToken
    )
    {
        var local = running.Find(owner, answerId);
        IFollowedGeneration followed = local is { IsLost: false }
            ? local
            : await elsewhere.FollowAsync(owner, answerId, cancellationToken);
        if (followed.Generation.Read().MayHaveTold(after, isHere: ReferenceEquals(followed, local)))
            return new Follower(followed, after, elsewhere);

        followed.Leave();
        throw new InvalidRequestException("Last-Event-ID", "must be the id of an event of this answer");
    }
}
