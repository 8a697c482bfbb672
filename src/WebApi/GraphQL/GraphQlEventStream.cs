using System.Buffers;
using System.Text;
using System.Threading.Channels;
using GraphQL;
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
        var serializer = httpContext.RequestServices.GetRequiredService<IGraphQLTextSerializer>();
        if (result.Streams?.Values.SingleOrDefault() is { } stream)
            await WriteAsync(stream, events, serializer);
        else
        {
            await events.StartAsync();
            Write(result, events, serializer);
        }

        events.Output.Write("event: complete\ndata: \n\n"u8);
        await events.FlushAsync();
    }

    private async Task WriteAsync(
        IObservable<ExecutionResult> stream,
        EventStreamResponse events,
        IGraphQLTextSerializer serializer
    )
    {
        // The flow bounds what waits here.
        var waiting = Channel.CreateUnbounded<ExecutionResult>(new UnboundedChannelOptions { SingleReader = true });
        using var following = stream.Subscribe(new Observer(waiting.Writer));
        while (true)
        {
            var more = waiting.Reader.WaitToReadAsync(events.Aborted).AsTask();
            await events.WaitAsync(more);
            if (!await more)
                return;
            await events.StartAsync();
            while (waiting.Reader.TryRead(out var next))
            {
                Write(next, events, serializer);
                await events.FlushAsync();
                flow.MakeRoom();
            }
        }
    }

    private static void Write(ExecutionResult next, EventStreamResponse events, IGraphQLTextSerializer serializer)
    {
        events.Output.Write("event: next\ndata: "u8);
        Encoding.UTF8.GetBytes(serializer.Serialize(next), events.Output);
        events.Output.Write("\n\n"u8);
    }

    private sealed class Observer(ChannelWriter<ExecutionResult> waiting) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => waiting.TryWrite(value);

        public void OnError(Exception error) => waiting.TryComplete(error);

        public void OnCompleted() => waiting.TryComplete();
    }
}
