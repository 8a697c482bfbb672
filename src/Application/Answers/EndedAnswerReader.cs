using AutoMapper;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Answers;

/// <summary>Waits for the end of an answer that another process generates, by looking into the database.</summary>
internal sealed class EndedAnswerReader(
    IQrAiDbContextFactory databases,
    GenerationOptions options,
    TimeProvider clock,
    IMapper mapper
)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads an answer as soon as it has ended, or as it is when it must have been abandoned.</summary>
    /// <param name="owner">Whom it belongs to.</param>
    /// <param name="answerId">The answer.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.NotFoundException">There is no such answer.</exception>
    public async Task<MessageDto> WaitAsync(string owner, Guid answerId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await GetAnswerHandler.ReadAsync(databases, mapper, owner, answerId, cancellationToken);
            if (answer.Status != MessageStatus.Generating)
                return answer;
            if (clock.Now() - answer.CreatedAt > options.AbandonedAfter)
                return answer with { Status = MessageStatus.Failed, Error = FailAbandonedAnswers.Interrupted };
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
