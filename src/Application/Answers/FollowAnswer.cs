using System.Runtime.CompilerServices;
using FluentValidation;
using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Sessions;

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

internal sealed class FollowAnswerHandler(IAnswerEventLog log, EndedAnswerReader ended, CurrentCaller caller)
    : IStreamRequestHandler<FollowAnswer, NumberedAnswerEvent>
{
    public IAsyncEnumerable<NumberedAnswerEvent> Handle(FollowAnswer request, CancellationToken cancellationToken) =>
        log.Follow(caller.Owner, request.Id, request.After) ?? ReplayAsync(request, cancellationToken);

    /// <summary>
    /// Tells an answer whose events are held no longer. Where the text was cut into deltas is forgotten, so a follower who
    /// has some of it already is told that it is void and gets it whole.
    /// </summary>
    private async IAsyncEnumerable<NumberedAnswerEvent> ReplayAsync(
        FollowAnswer request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var answer = await ended.WaitAsync(caller.Owner, request.Id, cancellationToken);
        var id = request.After;
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
