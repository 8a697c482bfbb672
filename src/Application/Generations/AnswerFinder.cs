using QrAi.Application.Errors;

namespace QrAi.Application.Generations;

/// <summary>Finds answers to follow, in this process or another, in progress or ended.</summary>
internal sealed class AnswerFinder(RunningGenerations running, RemoteAnswers remote)
{
    /// <summary>Follows an answer of this process from its start.</summary>
    /// <param name="answer">The answer.</param>
    public Follower Follow(RunningGeneration answer) => new(answer, Position.Start, remote);

    /// <summary>Follows an answer.</summary>
    /// <param name="owner">The owner; an answer of another owner is not found.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="after">The position of the last event that the follower has.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="NotFoundException">If the answer does not exist.</exception>
    /// <exception cref="InvalidRequestException">If no event of the answer has the position.</exception>
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
            : await remote.FollowAsync(owner, answerId, cancellationToken);
        if (followed.Generation.Read().MayHaveSent(after, isLocal: ReferenceEquals(followed, local)))
            return new Follower(followed, after, remote);

        followed.Leave();
        throw new InvalidRequestException("Last-Event-ID", "must be the id of an event of this answer");
    }
}
