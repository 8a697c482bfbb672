using System.IO.Pipelines;
using QrAi.Application.Completions;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenAi;

/// <summary>Streams a completion to a client of OpenAI's.</summary>
/// <param name="parts">The completion.</param>
/// <param name="withUsage">Whether the client asked for what it cost.</param>
internal sealed class ChatCompletionStream(IAsyncEnumerable<CompletionPart> parts, bool withUsage)
    : EventStream<CompletionPart>(parts)
{
    protected override IEventWriter<CompletionPart> CreateWriter(PipeWriter output, HttpContext context) =>
        new ChatCompletionWriter(output, withUsage, exception => Problems.DescribeAndLog(exception, context));
}
