using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using QrAi.Application.Answers;
using QrAi.Application.Generations;
using QrAi.Application.Sessions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.OpenApi;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.Endpoints;

/// <summary>Answers, whether they are being generated or have ended.</summary>
internal static class AnswerEndpoints
{
    public static void MapAnswers(this RouteGroupBuilder api)
    {
        var answers = api.MapGroup("/answers").WithTags("Answers").MayFailWith(ErrorKind.NotFound);
        answers.MapGet("/{id}", GetAnswer).WithName(nameof(GetAnswer));
        answers
            .MapGet("/{id}/stream", FollowAnswer)
            .WithName(nameof(FollowAnswer))
            .Produces<string>(StatusCodes.Status200OK, MediaTypeNames.Text.EventStream)
            .Produces(StatusCodes.Status204NoContent)
            .StreamsEvents(AnswerExamples.Stream);
        answers.MapPost("/{id}/cancel", CancelAnswer).WithName(nameof(CancelAnswer));
    }

    /// <summary>Reads an answer.</summary>
    /// <remarks>While the answer is being generated, <c>content</c> is the text so far.</remarks>
    /// <param name="id" example="019aba3e-7f5c-779a-88e2-19ee1f918a75">The answer's id.</param>
    /// <response code="200">The answer.</response>
    internal static async Task<Ok<MessageDto>> GetAnswer(
        [ParsedAs(typeof(Guid))] string id,
        ISender sender,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await sender.Send(new GetAnswer(RequestParameters.ParseId(id)), cancellationToken));

    /// <summary>Streams the answer's events from the start, or after Last-Event-ID.</summary>
    /// <remarks>Any number of callers can follow an answer at any time, also after its end.</remarks>
    /// <param name="id" example="019aba3e-7f5c-779a-88e2-19ee1f918a75">The answer's id.</param>
    /// <response code="200">The events.</response>
    /// <response code="204">
    /// <c>Last-Event-ID</c> is the id of the last event of an answer that has ended: no event follows it.
    /// </response>
    internal static AnswerStream FollowAnswer(
        [ParsedAs(typeof(Guid))] string id,
        [
            FromHeader(Name = "Last-Event-ID"),
            Description("The id of the last event that the caller has received; the stream continues after it."),
            RegularExpression(Position.Pattern),
            ParsedAs(typeof(string), Example = "1.120")
        ]
            string? lastEventId,
        HttpContext context,
        ISender sender,
        StreamLimit streams,
        CancellationToken cancellationToken
    )
    {
        var request = new FollowAnswer(RequestParameters.ParseId(id), RequestParameters.ParseLastEventId(lastEventId));
        context.DisableTimeLimit();
        streams.Enter(context);
        return new AnswerStream(sender.Send(request, cancellationToken));
    }

    /// <summary>Cancels an answer.</summary>
    /// <remarks>The text so far is kept. Cancelling an answer that has ended changes nothing.</remarks>
    /// <param name="id" example="019aba3e-7f5c-779a-88e2-19ee1f918a75">The answer's id.</param>
    /// <response code="200">The answer.</response>
    internal static async Task<Ok<MessageDto>> CancelAnswer(
        [ParsedAs(typeof(Guid))] string id,
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
