using QrAi.Application.Generations;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenAi;

/// <summary>Streams a completion to an OpenAI client.</summary>
/// <param name="following">Finds the completion, and follows it.</param>
/// <param name="model">The model that was requested.</param>
/// <param name="withUsage">Whether the client requested the token usage.</param>
/// <param name="documents">The address of the documents, which citations link to.</param>
internal sealed class ChatCompletionStream(Task<Follower> following, string model, bool withUsage, string documents)
    : GenerationStream(following)
{
    protected override Exception Refusal(Generation generation) => ChatCompletion.FailureOf(generation);

    protected override IEventWriter CreateWriter(Follower follower, EventStreamResponse events, HttpContext context) =>
        new ChatCompletionWriter(
            follower.Generation,
            events.Output,
            model,
            withUsage,
            documents,
            exception => Problems.DescribeAndLog(exception, context)
        );
}
