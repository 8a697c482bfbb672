using AutoMapper;
using AutoMapper.QueryableExtensions;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Completions;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Sessions;

namespace QrAi.Application.Questions;

/// <summary>Responds to a repeated question with the first one, whose answer may still be in progress.</summary>
internal sealed class QuestionReplay(
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    AnswerFinder answers,
    IMapper mapper
) : IReplay<AskQuestion, AskedQuestion>, IReplay<StoreChat, Follower>
{
    public async Task<AskedQuestion> ReplayAsync(
        AskQuestion request,
        IdempotencyRecord earlier,
        CancellationToken cancellationToken
    )
    {
        var follower = await FollowAsync(earlier, cancellationToken);
        var answer = follower.Generation.Identity;
        try
        {
            await using var database = databases.CreateFor(caller.Owner);
            var question =
                await database
                    .Messages.Where(message => message.Id == answer.QuestionId)
                    .ProjectTo<MessageDto>(mapper.ConfigurationProvider)
                    .SingleOrDefaultAsync(cancellationToken)
                ?? throw new NotFoundException("session", answer.SessionId!.Value);
            return new AskedQuestion(question.SessionId, question, follower);
        }
        catch
        {
            follower.Dispose();
            throw;
        }
    }

    public Task<Follower> ReplayAsync(
        StoreChat request,
        IdempotencyRecord earlier,
        CancellationToken cancellationToken
    ) => FollowAsync(earlier, cancellationToken);

    private Task<Follower> FollowAsync(IdempotencyRecord earlier, CancellationToken cancellationToken) =>
        answers.FollowAsync(caller.Owner, earlier.AnswerId!.Value, Position.Start, cancellationToken);
}
