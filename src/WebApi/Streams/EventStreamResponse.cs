using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;

namespace QrAi.WebApi.Streams;

/// <summary>
/// A response of events, each sent as soon as it comes: https://html.spec.whatwg.org/multipage/server-sent-events.html. It
/// begins with the first event, or with the first comment, which is sent while nothing comes, so that no proxy takes the
/// connection for dead. Until then what goes wrong can still be an ordinary error response.
/// </summary>
/// <param name="context">The request.</param>
internal sealed class EventStreamResponse(HttpContext context)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _clock = context.RequestServices.GetRequiredService<TimeProvider>();

    /// <summary>The buffer that events are written into.</summary>
    public PipeWriter Output => context.Response.BodyWriter;

    /// <summary>Whether it has begun.</summary>
    public bool HasStarted => context.Response.HasStarted;

    /// <summary>Ends when the caller leaves.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Sends the head.</summary>
    public Task StartAsync()
    {
        if (HasStarted)
            return Task.CompletedTask;
        var response = context.Response;
        response.ContentType = MediaTypeNames.Text.EventStream;
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return response.StartAsync(Aborted);
    }

    /// <summary>Sends what is in the buffer.</summary>
    public ValueTask<FlushResult> FlushAsync() => Output.FlushAsync(Aborted);

    /// <summary>Waits for something, and sends a comment now and then.</summary>
    /// <param name="news">What is waited for; it has to end when the caller leaves.</param>
    public async Task WaitAsync(Task news)
    {
        while (!news.IsCompleted)
        {
            try
            {
                await news.WaitAsync(LongestSilence, _clock, Aborted);
            }
            catch (TimeoutException) when (!news.IsCompleted)
            {
                await StartAsync();
                Output.Write(": waiting\n\n"u8);
                await FlushAsync();
            }
        }

        await news;
    }
}
