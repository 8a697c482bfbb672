using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using GraphQL;
using QrAi.WebApi.Streams;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// The results of an operation as a stream: a <c>next</c> for each, and <c>complete</c>.
/// https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.
/// </summary>
internal sealed class GraphQlEventStream(ExecutionResult result) : EventStream<ExecutionResult?>(ResultsOf(result))
{
    protected override IEventWriter<ExecutionResult?> CreateWriter(PipeWriter output, HttpContext context) =>
        new Writer(output, context.RequestServices.GetRequiredService<IGraphQLTextSerializer>());

    /// <summary>All results, and null for the end.</summary>
    private static async IAsyncEnumerable<ExecutionResult?> ResultsOf(ExecutionResult result)
    {
        if (result.Streams?.Values.SingleOrDefault() is { } stream)
        {
            // What waits here are events of one answer, which its log holds anyway.
            var waiting = Channel.CreateUnbounded<ExecutionResult>(new UnboundedChannelOptions { SingleReader = true });
            using var following = stream.Subscribe(new Observer(waiting.Writer));
            await foreach (var next in waiting.Reader.ReadAllAsync())
                yield return next;
        }
        else
            yield return result;

        yield return null;
    }

    private sealed class Observer(ChannelWriter<ExecutionResult> waiting) : IObserver<ExecutionResult>
    {
        public void OnNext(ExecutionResult value) => waiting.TryWrite(value);

        public void OnError(Exception error) => waiting.TryComplete(error);

        public void OnCompleted() => waiting.TryComplete();
    }

    private sealed class Writer(PipeWriter output, IGraphQLTextSerializer serializer) : IEventWriter<ExecutionResult?>
    {
        public void Write(ExecutionResult? happened)
        {
            if (happened is null)
            {
                output.Write("event: complete\ndata: \n\n"u8);
                return;
            }

            output.Write("event: next\ndata: "u8);
            Encoding.UTF8.GetBytes(serializer.Serialize(happened), output);
            output.Write("\n\n"u8);
        }

        /// <summary>Nothing: errors are results too, and after a fault the caller comes back.</summary>
        public bool WriteFailure(Exception exception) => false;

        public void Dispose() { }
    }
}
