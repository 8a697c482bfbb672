using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Application.Usage;
using QrAi.Domain.Usage;
using QrAi.Infrastructure.Settings;

namespace QrAi.Infrastructure.Llm;

/// <summary>Begins and ends the calls of a provider for vectors: the circuit, telemetry and accounting.</summary>
/// <param name="provider">The provider.</param>
/// <param name="model">The model.</param>
/// <param name="circuit">Skips the provider while it keeps failing.</param>
/// <param name="subject">On whose behalf the provider is called.</param>
/// <param name="meter">Measures the calls.</param>
/// <param name="recorder">Stores what the calls used.</param>
/// <param name="clock">Measures durations.</param>
internal sealed class EmbeddingCalls(
    LlmProviderOptions provider,
    string model,
    Circuit circuit,
    UsageSubject subject,
    UsageMeter meter,
    UsageRecorder recorder,
    TimeProvider clock
)
{
    /// <summary>The name of the provider.</summary>
    public string Provider => provider.Name;

    /// <summary>Begins a call.</summary>
    /// <param name="texts">The texts to send.</param>
    /// <exception cref="ProviderException">If the circuit is open.</exception>
    public Call Begin(IReadOnlyCollection<string> texts) =>
        new(
            this,
            texts,
            circuit.TryEnter() ?? throw new ProviderException(AttemptOutcomes.CircuitOpen, Reaction.NextProvider)
        );

    /// <summary>A call that neither completes nor fails was cancelled.</summary>
    internal sealed class Call(EmbeddingCalls calls, IReadOnlyCollection<string> texts, Circuit.Pass pass) : IDisposable
    {
        private readonly ProviderCall? _telemetry = ProviderCall.StartEmbeddings(
            calls.ProviderOptions,
            calls.Model,
            calls.Clock
        );

        private readonly long _start = calls.Clock.GetTimestamp();
        private string _outcome = AttemptOutcomes.Cancelled;
        private AttemptCall _call = AttemptCall.Billable;
        private UsageDetails? _usage;

        /// <summary>The duration until now.</summary>
        public TimeSpan Duration => calls.Clock.GetElapsedTime(_start);

        /// <summary>Ends the call with vectors.</summary>
        /// <param name="usage">The usage; null if the provider reports none.</param>
        public void Complete(UsageDetails? usage)
        {
            pass.Succeed();
            _telemetry?.Complete(usage);
            (_outcome, _usage) = (AttemptOutcomes.Completed, usage);
        }

        /// <summary>Ends the call with a failure.</summary>
        public void Fail(ProviderException failure)
        {
            // Refused texts prove nothing about the provider.
            if (failure.Reaction != Reaction.GiveUp)
                pass.Fail();
            _telemetry?.Fail(failure);
            (_outcome, _call) = (failure.Outcome, failure.IsRefusal ? AttemptCall.Free : AttemptCall.Billable);
        }

        public void Dispose()
        {
            _telemetry?.Dispose();
            pass.Dispose();
            calls.Record(
                new CallUsage(UsageOperation.Embeddings, calls.Provider, calls.Model, _outcome),
                _call,
                _usage,
                texts
            );
        }
    }

    private LlmProviderOptions ProviderOptions => provider;

    private string Model => model;

    private TimeProvider Clock => clock;

    private void Record(CallUsage usage, AttemptCall call, UsageDetails? reported, IReadOnlyCollection<string> texts) =>
        // Not awaited: a search does not wait for it.
        _ = recorder.RecordAsync([meter.MeasureEmbeddings(subject, usage, call, reported, texts)]);
}
