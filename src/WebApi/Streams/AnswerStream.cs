using System.Net.Mime;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using QrAi.Application.Generations;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Streams;

/// <summary>Streams an answer's events to a caller.</summary>
/// <param name="following">Finds the answer and follows it.</param>
internal sealed class AnswerStream(Task<Follower> following) : GenerationStream(following)
{
    /// <summary>Whether a caller wants a stream.</summary>
    public static bool IsAcceptedBy(HttpRequest request) => request.Prefers(MediaTypeNames.Text.EventStream);

    protected override Exception Refusal(Generation generation) => new AnswerFailedException(generation.ToMessage());

    protected override IEventWriter CreateWriter(Follower follower, EventStreamResponse events, HttpContext context) =>
        new AnswerEventWriter(
            follower.Generation.Identity,
            () => follower.Generation.ToMessage(),
            events.Output,
            context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions,
            failed => Problem.Of(ErrorMap.Describe(failed), context)
        );
}
