using QrAi.Application.Generations;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.OpenAi;

/// <summary>Streams a completion to a client of OpenAI's.</summary>
/// <param name="following">Finds the completion, and follows it.</param>
/// <param name="model">The model that was asked for.</param>
/// <param name="withUsage">Whether the client asked for what it cost.</param>
internal sealed class ChatCompletionStream(Task<Follower> following, string model, bool withUsage)
    : GenerationStream(following)
{
    protected override Exception Refusal(Generation generation) => ChatCompletion.FailureOf(generation);

    protected override IEventWriter CreateWriter(Follower follower, EventStreamResponse events, HttpContext context) =>
        new ChatCompletionWriter(
            follower.Generation,
            events.Output,
            model,
            withUsage,
            exception => Problems.DescribeAndLog(exception, context)
        );
}
