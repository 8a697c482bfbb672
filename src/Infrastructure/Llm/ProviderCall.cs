using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Traces and measures one call of a provider by OpenTelemetry's GenAI conventions, without the texts of questions and
/// answers. The library's own client stores every update of an answer for that; this class stores none, and allocates nothing
/// for a token.
/// </summary>
internal sealed class ProviderCall : IDisposable
{
    /// <summary>The name of the activity source and the meter.</summary>
    public const string SourceName = "QrAi.Llm";

    private static readonly ActivitySource Traces = new(SourceName);
    private static readonly Meter Metrics = new(SourceName);

    // Bucket boundaries of the conventions: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
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
        "Duration of a call of a provider.",
        advice: Seconds
    );

    private static readonly Histogram<double> TimeToFirstChunk = Metrics.CreateHistogram(
        "gen_ai.client.operation.time_to_first_chunk",
        "s",
        "Time until the first token of a call of a provider.",
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

    private readonly TimeProvider _clock;
    private readonly TagList _tags;
    private readonly Activity? _span;
    private readonly long _start;
    private TimeSpan? _firstChunk;
    private UsageDetails? _usage;

    // The default: a call that neither completes nor fails was cancelled by the reader of the answer.
    private string? _error = AttemptOutcomes.Cancelled;

    private ProviderCall(LlmProviderOptions provider, string operation, string model, TimeProvider clock)
    {
        (_clock, _tags, _start) = (clock, Tags(provider, operation, model), clock.GetTimestamp());
        _span = Traces.StartActivity(ActivityKind.Client, tags: _tags, name: $"{operation} {model}");
    }

    /// <summary>Begins a call; null while there are no listeners, so that it costs nothing.</summary>
    public static ProviderCall? StartChat(Provider provider, string model, TimeProvider clock)
    {
        var call = Start(provider.Options, "chat", model, clock);
        call?._span?.SetTag("gen_ai.request.stream", true);
        return call;
    }

    /// <inheritdoc cref="StartChat"/>
    public static ProviderCall? StartEmbeddings(LlmProviderOptions provider, string model, TimeProvider clock) =>
        Start(provider, "embeddings", model, clock);

    private static ProviderCall? Start(
        LlmProviderOptions provider,
        string operation,
        string model,
        TimeProvider clock
    ) => Traces.HasListeners() || Duration.Enabled ? new ProviderCall(provider, operation, model, clock) : null;

    /// <summary>Records the time of the first update and the usage.</summary>
    public void Observe(ChatResponseUpdate update)
    {
        _firstChunk ??= _clock.GetElapsedTime(_start);
        var contents = update.Contents;
        for (var i = 0; i < contents.Count; i++)
            if (contents[i] is UsageContent usage)
                _usage = usage.Details;
    }

    /// <summary>Records that the answer is complete.</summary>
    public void Complete() => _error = null;

    /// <summary>Records that the vectors are complete.</summary>
    /// <param name="usage">The usage; null if the provider reports none.</param>
    public void Complete(UsageDetails? usage) => (_error, _usage) = (null, usage);

    /// <summary>Records that the call failed.</summary>
    public void Fail(Exception exception) =>
        _error = exception switch
        {
            ProviderException failure => failure.Outcome,
            OperationCanceledException => AttemptOutcomes.Cancelled,
            _ => exception.GetType().FullName,
        };

    /// <summary>Ends the call.</summary>
    public void Dispose()
    {
        var tags = _tags;
        if (_error is not null)
            tags.Add("error.type", _error);
        Duration.Record(_clock.GetElapsedTime(_start).TotalSeconds, tags);
        if (_firstChunk is { } firstChunk)
            TimeToFirstChunk.Record(firstChunk.TotalSeconds, _tags);
        Record("input", _usage?.InputTokenCount);
        Record("output", _usage?.OutputTokenCount);
        EndSpan();
    }

    private static TagList Tags(LlmProviderOptions provider, string operation, string model)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", operation },
            { "gen_ai.provider.name", provider.Profile.TelemetryName },
            { "gen_ai.request.model", model },
        };
        if (provider.BaseUrl is { } address)
        {
            tags.Add("server.address", address.Host);
            tags.Add("server.port", address.Port);
        }

        return tags;
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
