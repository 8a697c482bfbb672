using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using QrAi.Application.Answers;
using QrAi.WebApi.Errors;

namespace QrAi.WebApi.Streams;

/// <summary>Streams an answer's events to a caller. Until the first one comes, what goes wrong is an ordinary problem.</summary>
/// <param name="events">The events.</param>
internal sealed class AnswerStream(IAsyncEnumerable<NumberedAnswerEvent> events) : IResult
{
    /// <summary>The media type of event streams.</summary>
    public const string MediaType = "text/event-stream";

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    /// <summary>Whether a caller wants a stream.</summary>
    public static bool IsAcceptedBy(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .Accept.Any(accepted =>
                accepted.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0
            );

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var aborted = httpContext.RequestAborted;
        var clock = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        await using var follower = events.GetAsyncEnumerator(leave.Token);

        var more = await follower.MoveNextAsync();
        if (more && follower.Current.Event is AnswerEvent.Failed { Answer: var answer } && follower.Current.Id == 1)
            throw new AnswerFailedException(answer);

        var response = httpContext.Response;
        response.ContentType = MediaType;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var output = response.BodyWriter;
        var json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var writer = new AnswerEventWriter(
            output,
            json,
            failed => ErrorMap.Describe(failed).ToProblem(httpContext)
        );

        await response.StartAsync(aborted);
        Task<bool>? waiting = null;
        try
        {
            while (more)
            {
                writer.Write(follower.Current);
                var next = follower.MoveNextAsync();
                if (next.IsCompleted)
                {
                    more = await next;
                    continue;
                }

                waiting = next.AsTask();
                await output.FlushAsync(aborted); // what is there goes out before any wait
                more = await WaitAsync(waiting);
            }

            await output.FlushAsync(aborted);
        }
        finally
        {
            // A caller has left while the follower waits: it may be disposed of only when it has stopped waiting.
            if (waiting is { IsCompleted: false })
            {
                await leave.CancelAsync();
                await ((Task)waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        async Task<bool> WaitAsync(Task<bool> next)
        {
            while (true)
            {
                try
                {
                    return await next.WaitAsync(LongestSilence, clock, aborted);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    writer.WriteComment();
                    await output.FlushAsync(aborted);
                }
            }
        }
    }
}
