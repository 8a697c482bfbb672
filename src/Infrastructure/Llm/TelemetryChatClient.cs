using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Traces and measures by the GenAI conventions of OpenTelemetry while somebody listens. The library's client gathers
/// every update even when nobody does, so it is left out then.
/// </summary>
internal sealed class TelemetryChatClient(IChatClient inner) : StreamingChatClient
{
    /// <summary>The name that traces and metrics of language models are listened to by.</summary>
    public const string SourceName = "QrAi.Llm";

    private static readonly ActivitySource Traces = new(SourceName);
    private static readonly Meter Metrics = new(SourceName);

    /// <summary>Never written to: it tells whether a listener has asked for metrics of this name.</summary>
    private static readonly Counter<long> Probe = Metrics.CreateCounter<long>("qrai.llm.listening");

    private readonly IChatClient _observed = inner
        .AsBuilder()
        .UseOpenTelemetry(sourceName: SourceName, configure: telemetry => telemetry.EnableSensitiveData = false)
        .Build();

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) =>
        (Traces.HasListeners() || Probe.Enabled ? _observed : inner).GetStreamingResponseAsync(
            messages,
            options,
            cancellationToken
        );

    public override void Dispose()
    {
        _observed.Dispose();
        base.Dispose();
    }
}
