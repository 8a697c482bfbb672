using System.IO.Pipelines;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using QrAi.Application.Answers;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Streams;

/// <summary>Streams an answer's events to a caller. Until the first one comes, what goes wrong is an ordinary problem.</summary>
/// <param name="events">The events.</param>
internal sealed class AnswerStream(IAsyncEnumerable<NumberedAnswerEvent> events)
    : EventStream<NumberedAnswerEvent>(events)
{
    /// <summary>Whether a caller wants a stream.</summary>
    public static bool IsAcceptedBy(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .Accept.Any(accepted =>
                accepted.MediaType.Equals(MediaTypeNames.Text.EventStream, StringComparison.OrdinalIgnoreCase)
                && accepted.Quality is not 0
            );

    protected override void ThrowIfRefused(NumberedAnswerEvent first)
    {
        if (first is { Id: 1, Event: AnswerEvent.Failed { Answer: var answer } })
            throw new AnswerFailedException(answer);
    }

    protected override IEventWriter<NumberedAnswerEvent> CreateWriter(PipeWriter output, HttpContext context) =>
        new AnswerEventWriter(
            output,
            context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions,
            failed => ErrorMap.Describe(failed).ToProblem(context)
        );
}
