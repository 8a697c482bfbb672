using MediatR;
using QrAi.Application.Generations;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.Endpoints;

/// <summary>Asks.</summary>
internal static class QuestionEndpoints
{
    public static void MapQuestions(this RouteGroupBuilder api) =>
        api.MapPost("/questions", AskQuestion)
            .WithTags("Questions")
            .WithName(nameof(AskQuestion))
            .WithSummary("Asks a question; streams the answer if the caller accepts text/event-stream.")
            .Produces<AnsweredQuestion>();

    private static async Task<IResult> AskQuestion(
        AskQuestion question,
        HttpContext context,
        ISender sender,
        StreamLimit streams,
        CancellationToken cancellationToken
    )
    {
        context.LiftTimeLimit();
        question = question with { IdempotencyKey = context.GetIdempotencyKey() };
        if (AnswerStream.IsAcceptedBy(context.Request))
        {
            streams.Enter(context);
            return new AnswerStream(AskAndFollowAsync());
        }

        var asked = await sender.Send(question, cancellationToken);
        using var follower = asked.Answer;
        await follower.WaitForEndAsync(cancellationToken);
        var answer = follower.Generation.ToMessage();
        return answer.Status == MessageStatus.Failed
            ? throw new AnswerFailedException(answer)
            : TypedResults.Ok(new AnsweredQuestion(asked.SessionId, asked.Question, answer));

        async Task<Follower> AskAndFollowAsync() => (await sender.Send(question, cancellationToken)).Answer;
    }
}

/// <summary>A question with its answer.</summary>
/// <param name="SessionId">Their session.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
public sealed record AnsweredQuestion(Guid SessionId, MessageDto Question, MessageDto Answer);
