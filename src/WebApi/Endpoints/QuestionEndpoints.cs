using MediatR;
using QrAi.Application.Generations;
using QrAi.Application.Questions;
using QrAi.Application.Sessions;
using QrAi.Domain.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.OpenApi;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.Endpoints;

/// <summary>Questions.</summary>
internal static class QuestionEndpoints
{
    public static void MapQuestions(this RouteGroupBuilder api) =>
        api.MapPost("/questions", AskQuestion)
            .WithTags("Questions")
            .WithName(nameof(AskQuestion))
            .Produces<AnsweredQuestion>()
            .StreamsEvents(AnswerExamples.Stream)
            .MayFailWith(ErrorKind.NotFound, ErrorKind.SessionBusy, ErrorKind.Conflict)
            .MayFailWith(Failures.OfProviders);

    /// <summary>Asks a question; streams the answer if the caller accepts text/event-stream.</summary>
    /// <remarks>
    /// The question and its answer are kept before a provider is called, and the answer is completed even if the caller
    /// disconnects. Without <c>sessionId</c> a new session is created, titled with the first 80 characters of the question.
    /// With <c>Accept: text/event-stream</c> the answer is streamed while it is generated.
    /// </remarks>
    /// <param name="question">The question.</param>
    /// <response code="200">The question with its complete answer, or the events of the answer.</response>
    internal static async Task<IResult> AskQuestion(
        AskQuestion question,
        HttpContext context,
        ISender sender,
        StreamLimit streams,
        CancellationToken cancellationToken
    )
    {
        context.DisableTimeLimit();
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
/// <param name="SessionId">The session of both.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">The answer.</param>
public sealed record AnsweredQuestion(Guid SessionId, MessageDto Question, MessageDto Answer);
