using System.Net.Mime;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using QrAi.Application.Answers;
using QrAi.Application.Sessions;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.Endpoints;

/// <summary>Answers, whether they are being generated or have ended.</summary>
internal static class AnswerEndpoints
{
    public static void MapAnswers(this RouteGroupBuilder api)
    {
        var answers = api.MapGroup("/answers").WithTags("Answers");
        answers.MapGet("/{id}", GetAnswer).WithName(nameof(GetAnswer));
        answers
            .MapGet("/{id}/stream", FollowAnswer)
            .WithName(nameof(FollowAnswer))
            .WithSummary("Streams the answer's events from the start, or after Last-Event-ID.")
            .Produces<string>(StatusCodes.Status200OK, MediaTypeNames.Text.EventStream);
        answers.MapPost("/{id}/cancel", CancelAnswer).WithName(nameof(CancelAnswer));
    }

    private static async Task<Ok<MessageDto>> GetAnswer(
        string id,
        ISender sender,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await sender.Send(new GetAnswer(RequestParameters.ParseId(id)), cancellationToken));

    private static AnswerStream FollowAnswer(
        string id,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        HttpContext context,
        ISender sender,
        StreamLimit streams,
        CancellationToken cancellationToken
    )
    {
        var request = new FollowAnswer(RequestParameters.ParseId(id), RequestParameters.ParseLastEventId(lastEventId));
        context.LiftTimeLimit();
        streams.Enter(context);
        return new AnswerStream(sender.Send(request, cancellationToken));
    }

    private static async Task<Ok<MessageDto>> CancelAnswer(
        string id,
        HttpContext context,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(
                new CancelAnswer(RequestParameters.ParseId(id)) { IdempotencyKey = context.GetIdempotencyKey() },
                cancellationToken
            )
        );
}
