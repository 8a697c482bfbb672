using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using QrAi.Application.Models;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Traces and measures each call of a provider by the GenAI conventions of OpenTelemetry, while somebody listens; never what
/// is asked or answered. The library's own client keeps every update of an answer for that; this one keeps none, and
/// allocates nothing for a token.
/// </summary>
internal sealed class TelemetryChatClient(
    IChatClient inner,
    string provider,
    string defaultModel,
    Uri? address,
    TimeProvider clock
) : StreamingChatClient
{
    /// <summary>The name that traces and metrics of language models are listened to by.</summary>
    public const string SourceName = "QrAi.Llm";

    private static readonly ActivitySource Traces = new(SourceName);
    private static readonly Meter Metrics = new(SourceName);

    // Bounds of the conventions: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries =
        [
            0.01,
            0.02,
            0.04,
            0.08,
            0.16,
            0.32,
            0.64,
            1.28,
            2.56,
            5.12,
            10.24,
            20.48,
            40.96,
            81.92,
        ],
    };

    private static readonly Histogram<double> Duration = Metrics.CreateHistogram(
        "gen_ai.client.operation.duration",
        "s",
        "How long a call of a provider takes.",
        advice: Seconds
    );

    private static readonly Histogram<double> TimeToFirstChunk = Metrics.CreateHistogram(
        "gen_ai.client.operation.time_to_first_chunk",
        "s",
        "How long a call of a provider waits for its first token.",
        advice: Seconds
    );

    private static readonly Histogram<long> Tokens = Metrics.CreateHistogram(
        "gen_ai.client.token.usage",
        "{token}",
        "Tokens of a call of a provider.",
        advice: new InstrumentAdvice<long>
        {
            HistogramBucketBoundaries =
            [
                1,
                4,
                16,
                64,
                256,
                1_024,
                4_096,
                16_384,
                65_536,
                262_144,
                1_048_576,
                4_194_304,
                16_777_216,
                67_108_864,
            ],
        }
    );

    private readonly string _provider = provider == ModelProviderNames.GoogleAi ? "gcp.gemini" : provider;

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        Traces.HasListeners() || Duration.Enabled
            ? ObserveAsync(messages, options, cancellationToken)
            : inner.GetStreamingResponseAsync(messages, options, cancellationToken);

    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> ObserveAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var call = new Call(this, options?.ModelId ?? defaultModel);
        await using var updates = inner
            .GetStreamingResponseAsync(messages, options, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    break;
            }
            catch (Exception exception)
            {
                call.Fail(exception);
                throw;
            }

            call.See(updates.Current);
            yield return updates.Current;
        }

        call.Complete();
    }

    private TagList Tags(string model)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", _provider },
            { "gen_ai.request.model", model },
        };
        if (address is not null)
        {
            tags.Add("server.address", address.Host);
            tags.Add("server.port", address.Port);
        }

        return tags;
    }

    /// <summary>One call, from its beginning to its end.</summary>
    private sealed class Call : IDisposable
    {
        private readonly TelemetryChatClient _client;
        private readonly TagList _tags;
        private readonly Activity? _span;
        private readonly long _start;
        private TimeSpan? _firstChunk;
        private UsageDetails? _usage;

        // Until it is known better: whoever reads the answer has stopped.
        private string? _error = AttemptOutcomes.Cancelled;

        public Call(TelemetryChatClient client, string model)
        {
            (_client, _tags, _start) = (client, client.Tags(model), client.Clock.GetTimestamp());
            _span = Traces.StartActivity(ActivityKind.Client, tags: _tags, name: $"chat {model}");
            _span?.SetTag("gen_ai.request.stream", true);
        }

        public void See(ChatResponseUpdate update)
        {
            _firstChunk ??= _client.Clock.GetElapsedTime(_start);
            var contents = update.Contents;
            for (var i = 0; i < contents.Count; i++)
                if (contents[i] is UsageContent usage)
                    _usage = usage.Details;
        }

        public void Complete() => _error = null;

        public void Fail(Exception exception) =>
            _error = exception switch
            {
                ProviderException failure => failure.Outcome,
                OperationCanceledException => AttemptOutcomes.Cancelled,
                _ => exception.GetType().FullName,
            };

        public void Dispose()
        {
            var tags = _tags;
            if (_error is not null)
                tags.Add("error.type", _error);
            Duration.Record(_client.Clock.GetElapsedTime(_start).TotalSeconds, tags);
            if (_firstChunk is { } firstChunk)
                TimeToFirstChunk.Record(firstChunk.TotalSeconds, _tags);
            Record("input", _usage?.InputTokenCount);
            Record("output", _usage?.OutputTokenCount);
            EndSpan();
        }

        private void Record(string type, long? tokens)
        {
            if (tokens is not { } count)
                return;
            var tags = _tags;
            tags.Add("gen_ai.token.type", type);
            Tokens.Record(count, tags);
        }

        private void EndSpan()
        {
            if (_span is null)
                return;
            _span.SetTag("gen_ai.response.time_to_first_chunk", _firstChunk?.TotalSeconds);
            _span.SetTag("gen_ai.usage.input_tokens", _usage?.InputTokenCount);
            _span.SetTag("gen_ai.usage.output_tokens", _usage?.OutputTokenCount);
            if (_error is not null)
                _span.SetTag("error.type", _error).SetStatus(ActivityStatusCode.Error, _error);
            _span.Dispose();
        }
    }

    private TimeProvider Clock => clock;
}
