using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Generations;

namespace QrAi.Application.Answers;

/// <summary>Follows an answer from a position. A follower that stops following does not stop the answer.</summary>
/// <param name="Id">The answer.</param>
/// <param name="After">The position of the last event that the follower has.</param>
/// <exception cref="Errors.InvalidRequestException">If no event of the answer has the position.</exception>
public sealed record FollowAnswer(Guid Id, Position After) : IRequest<Follower>;

internal sealed class FollowAnswerHandler(AnswerFinder answers, CurrentCaller caller)
    : IRequestHandler<FollowAnswer, Follower>
{
    public Task<Follower> Handle(FollowAnswer request, CancellationToken cancellationToken) =>
        answers.FollowAsync(caller.Owner, request.Id, request.After, cancellationToken);
}
