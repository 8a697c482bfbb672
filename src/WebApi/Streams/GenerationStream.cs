using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.WebApi.Http;

namespace QrAi.WebApi.Streams;

/// <summary>Streams a generation to a caller. A failure before it starts is an ordinary error response.</summary>
/// <param name="following">Finds the generation, and follows it.</param>
internal abstract class GenerationStream(Task<Follower> following) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var events = new EventStreamResponse(httpContext);
        using var follower = await FindAsync(events);
        if (follower.IsOver)
        {
            httpContext.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (httpContext.IsHeadOnly())
        {
            if (follower.FailedBeforeStart)
                throw Refusal(follower.Generation);
            await events.StartAsync();
            return;
        }

        using var writer = CreateWriter(follower, events, httpContext);
        try
        {
            while (!follower.HasStartedOrEnded)
                await events.WaitAsync(follower.WaitAsync(events.Aborted));
            if (!events.HasStarted && follower.FailedBeforeStart)
                throw Refusal(follower.Generation);

            await events.StartAsync();
            await WriteAsync(follower, writer, events);
        }
        catch (Exception exception)
            when (events.HasStarted && !events.Aborted.IsCancellationRequested && writer.WriteFailure(exception))
        {
            await events.FlushAsync();
        }
        catch (ShuttingDownException) when (events.HasStarted)
        {
            // Another process continues it; the caller reconnects there with the last event's id.
        }
    }

    /// <summary>Creates the error of a generation that failed before it started.</summary>
    protected abstract Exception Refusal(Generation generation);

    /// <summary>Creates the writer of the protocol.</summary>
    protected abstract IEventWriter CreateWriter(Follower follower, EventStreamResponse events, HttpContext context);

    private async Task<Follower> FindAsync(EventStreamResponse events)
    {
        try
        {
            await events.WaitAsync(following);
            return await following;
        }
        catch (OperationCanceledException)
        {
            _ = DisposeFollowerAsync();
            throw;
        }
    }

    /// <summary>Disposes the follower if the caller disconnects before the generation is found.</summary>
    private async Task DisposeFollowerAsync()
    {
        await ((Task)following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (following.IsCompletedSuccessfully)
            (await following).Dispose();
    }

    private static async Task WriteAsync(Follower follower, IEventWriter writer, EventStreamResponse events)
    {
        while (true)
        {
            while (follower.Write(writer) || writer.WriteMore())
                await events.FlushAsync();
            await events.FlushAsync();
            if (follower.IsOver)
                return;
            await events.WaitAsync(follower.WaitAsync(events.Aborted));
        }
    }
}
