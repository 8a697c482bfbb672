using System.Buffers;
using System.IO.Pipelines;
using System.Net.Mime;
using Microsoft.AspNetCore.Http.Features;

namespace QrAi.WebApi.Streams;

/// <summary>
/// A response of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html. It starts with the
/// first event, or with the first comment, which is sent during a silence so that no proxy closes an idle connection.
/// Until then, a failure is an ordinary error response.
/// </summary>
/// <param name="context">The request.</param>
internal sealed class EventStreamResponse(HttpContext context)
{
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _clock = context.RequestServices.GetRequiredService<TimeProvider>();

    /// <summary>The buffer that events are written into.</summary>
    public PipeWriter Output => context.Response.BodyWriter;

    /// <summary>Whether the response has started.</summary>
    public bool HasStarted => context.Response.HasStarted;

    /// <summary>Cancelled when the caller disconnects.</summary>
    public CancellationToken Aborted => context.RequestAborted;

    /// <summary>Sends the status and the headers.</summary>
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

    /// <summary>Sends the content of the buffer.</summary>
    public ValueTask<FlushResult> FlushAsync() => Output.FlushAsync(Aborted);

    /// <summary>Waits for a task, and sends a comment at regular intervals.</summary>
    /// <param name="task">The task; it must end when the caller disconnects.</param>
    public async Task WaitAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            try
            {
                await task.WaitAsync(KeepAliveInterval, _clock, Aborted);
            }
            catch (TimeoutException) when (!task.IsCompleted)
            {
                await StartAsync();
                Output.Write(": waiting\n\n"u8);
                await FlushAsync();
            }
        }

        await task;
    }
}
