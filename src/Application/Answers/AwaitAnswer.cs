using MediatR;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Waits until an answer has ended, well or not. Who stops waiting does not stop the answer.</summary>
/// <param name="Id">The answer.</param>
public sealed record AwaitAnswer(Guid Id) : IRequest<MessageDto>;

internal sealed class AwaitAnswerHandler(RunningAnswers running, EndedAnswerReader ended, CurrentCaller caller)
    : IRequestHandler<AwaitAnswer, MessageDto>
{
    public async Task<MessageDto> Handle(AwaitAnswer request, CancellationToken cancellationToken)
    {
        if (running.Find(caller.Owner, request.Id) is not { } run)
            return await ended.WaitAsync(caller.Owner, request.Id, cancellationToken);

        await Task.WhenAny(run.Ended, run.SavingStalled).WaitAsync(cancellationToken);
        if (!run.Ended.IsCompleted)
            throw new DatabaseUnavailableException(
                "The answer is whole, but the database that has to keep it is away; it will be kept when it is back."
            );
        return await run.Ended;
    }
}
