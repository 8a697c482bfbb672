using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;

namespace QrAi.WebApi.Streams;

/// <summary>
/// Streams events to a caller, each as soon as it comes (https://html.spec.whatwg.org/multipage/server-sent-events.html).
/// Until the first one comes, what goes wrong is an ordinary error response.
/// </summary>
/// <param name="events">The events.</param>
internal abstract class EventStream<T>(IAsyncEnumerable<T> events) : IResult
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var aborted = httpContext.RequestAborted;
        var clock = httpContext.RequestServices.GetRequiredService<TimeProvider>();
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        await using var follower = events.GetAsyncEnumerator(leave.Token);

        var more = await follower.MoveNextAsync();
        if (more)
            ThrowIfRefused(follower.Current);

        var response = httpContext.Response;
        response.ContentType = MediaTypeNames.Text.EventStream;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var output = response.BodyWriter;
        using var writer = CreateWriter(output, httpContext);

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
        catch (Exception exception) when (!aborted.IsCancellationRequested && writer.WriteFailure(exception))
        {
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
                    output.Write(": waiting\n\n"u8);
                    await output.FlushAsync(aborted);
                }
            }
        }
    }

    /// <summary>Throws when the first event already says that there is nothing to stream.</summary>
    protected virtual void ThrowIfRefused(T first) { }

    /// <summary>Makes the writer of the protocol.</summary>
    protected abstract IEventWriter<T> CreateWriter(PipeWriter output, HttpContext context);
}
