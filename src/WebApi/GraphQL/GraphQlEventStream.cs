using System.Buffers;
using System.Threading.Channels;
using GraphQL;
using QrAi.WebApi.Http;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// The results of an operation as a stream: a <c>next</c> for each, and <c>complete</c>.
/// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.
/// </summary>
internal sealed class GraphQlEventStream(ExecutionResult result, SubscriptionFlow flow) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var events = new EventStreamResponse(httpContext);
        var writer = httpContext.RequestServices.GetRequiredService<GraphQlResultWriter>();
        if (result.Streams?.Values.SingleOrDefault() is { } stream)
            await WriteAsync(stream, events, writer, httpContext.IsHeadOnly());
        else
        {
            await events.StartAsync();
            await WriteAsync(result, events, writer);
        }

        events.Output.Write("event: complete\ndata: \n\n"u8);
        await events.FlushAsync();
    }

    private async Task WriteAsync(
        IObservable<ExecutionResult> stream,
        EventStreamResponse events,
        GraphQlResultWriter writer,
        bool isHeadOnly
    )
    {
        // SubscriptionFlow bounds it.
        var pending = Channel.CreateUnbounded<ExecutionResult>(new UnboundedChannelOptions { SingleReader = true });
        using var subscription = stream.Subscribe(new Observer(pending.Writer));
        if (isHeadOnly)
        {
            await events.StartAsync();
            return;
        }

        while (true)
        {
            var more = pending.Reader.WaitToReadAsync(events.Aborted).AsTask();
            await events.WaitAsync(more);
            if (!await more)
                return;
            await events.StartAsync();
            while (pending.Reader.TryRead(out var next))
            {
                await WriteAsync(next, events, writer);
                flow.MakeRoom();
            }
        }
    }

    private static async Task WriteAsync(ExecutionResult next, EventStreamResponse events, GraphQlResultWriter writer)
    {
        var (bounded, _) = await writer.LimitSizeAsync(next);
        events.Output.Write("event: next\ndata: "u8);
        await writer.WriteAsync(bounded, events.Output, events.Aborted);
        events.Output.Write("\n\n"u8);
        await events.FlushAsync();
    }

    private sealed class Observer(ChannelWriter<ExecutionResult> pending) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => pending.TryWrite(value);

        public void OnError(Exception error) => pending.TryComplete(error);

        public void OnCompleted() => pending.TryComplete();
    }
}
