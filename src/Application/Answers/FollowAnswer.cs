using FluentValidation;
using MediatR;
using QrAi.Application.Callers;

namespace QrAi.Application.Answers;

/// <summary>Follows an answer from any event on. Who stops following does not stop the answer.</summary>
/// <param name="Id">The answer.</param>
/// <param name="After">The last event that the follower has; 0 for none.</param>
public sealed record FollowAnswer(Guid Id, long After) : IStreamRequest<NumberedAnswerEvent>;

internal sealed class FollowAnswerValidator : AbstractValidator<FollowAnswer>
{
    public FollowAnswerValidator() =>
        RuleFor(request => request.After)
            .GreaterThanOrEqualTo(0)
            .WithMessage("must be the id of an event")
            .OverridePropertyName("Last-Event-ID");
}

internal sealed class FollowAnswerHandler(AnswerFollower follower, CurrentCaller caller)
    : IStreamRequestHandler<FollowAnswer, NumberedAnswerEvent>
{
    public IAsyncEnumerable<NumberedAnswerEvent> Handle(FollowAnswer request, CancellationToken cancellationToken) =>
        follower.Follow(caller.Owner, request.Id, request.After, cancellationToken);
}
