using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// One attempt at a provider, from its request to the end of its stream, with its circuit, its telemetry and the time limit
/// of its first token. After the first token only the total time is limited.
/// </summary>
internal sealed class ProviderAttempt : IAsyncDisposable
{
    private readonly Provider _provider;
    private readonly string _model;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly CancellationToken _total;
    private readonly Circuit.Pass? _pass;
    private readonly ProviderCall? _call;
    private readonly CancellationTokenSource? _stop;
    private readonly CancellationTokenRegistration _stopWithTotal;
    private readonly IAsyncEnumerator<ChatResponseUpdate>? _updates;

    /// <summary>Begins the attempt; it ends at once if the circuit is open.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="messages">The messages to send.</param>
    /// <param name="options">The options; without a model, the provider's own is used.</param>
    /// <param name="firstToken">The time limit of the first token.</param>
    /// <param name="clock">Measures times.</param>
    /// <param name="total">Cancelled with the answer, or at the end of its total time.</param>
    public ProviderAttempt(
        Provider provider,
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        TimeSpan firstToken,
        TimeProvider clock,
        CancellationToken total
    )
    {
        (_provider, _model, _clock, _total) = (provider, options?.ModelId ?? provider.Model, clock, total);
        _start = clock.GetTimestamp();
        _pass = provider.Circuit.TryEnter();
        if (_pass is null)
        {
            Fail(new ProviderException(AttemptOutcomes.CircuitOpen, Reaction.NextProvider));
            return;
        }

        _call = ProviderCall.StartChat(provider, _model, clock);
        _stop = new CancellationTokenSource(firstToken, clock);
        _stopWithTotal = total.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        _updates = provider
            .Client.GetStreamingResponseAsync(messages, options, _stop.Token)
            .GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Whether the first token was received.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The outcome; null until the attempt has ended.</summary>
    public Attempt? Ended { get; private set; }

    /// <summary>The requested model.</summary>
    public string Model => _model;

    /// <summary>Whether the provider was called.</summary>
    public AttemptCall Call =>
        _pass is null ? AttemptCall.Skipped
        : _provider.Address is null || !HasBegun && Failure is { IsRefusal: true } ? AttemptCall.Free
        : AttemptCall.Billable;

    /// <summary>The provider's failure; null if the answer is complete, or was cancelled.</summary>
    public ProviderException? Failure { get; private set; }

    /// <summary>The provider's updates, available until the attempt has ended.</summary>
    public IAsyncEnumerator<ChatResponseUpdate> Updates => _updates!;

    /// <summary>Records the first token, and ends its time limit.</summary>
    public AttemptStarted Begin()
    {
        HasBegun = true;
        _stop!.CancelAfter(Timeout.InfiniteTimeSpan);
        return new AttemptStarted(_provider.Name, _model);
    }

    /// <summary>Records telemetry of an update.</summary>
    public void Observe(ChatResponseUpdate update) => _call?.Observe(update);

    /// <summary>Ends the attempt with a complete answer.</summary>
    public void Complete()
    {
        _pass!.Succeed();
        _call?.Complete();
        End(AttemptOutcomes.Completed);
    }

    /// <summary>Ends the attempt with an exception.</summary>
    /// <returns>Whether the provider or a cancellation caused it; false for a fault of the program.</returns>
    public bool TryFail(Exception exception)
    {
        if (exception is OperationCanceledException && !_total.IsCancellationRequested)
            exception = HasBegun
                ? ProviderException.BrokenOff(exception)
                : new ProviderException(AttemptOutcomes.NoFirstToken, Reaction.Retry, new TimeoutException());
        _call?.Fail(exception);
        switch (exception)
        {
            case ProviderException failure:
                // A refused question proves nothing about the provider.
                if (failure.Reaction != Reaction.GiveUp)
                    _pass!.Fail();
                Fail(failure);
                return true;
            case OperationCanceledException:
                End(AttemptOutcomes.Cancelled);
                return true;
            default:
                End(AttemptOutcomes.Failed);
                return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_updates is not null)
            await _updates.DisposeAsync();
        _stopWithTotal.Dispose();
        _stop?.Dispose();
        _call?.Dispose();
        _pass?.Dispose();
    }

    private void Fail(ProviderException failure)
    {
        Failure = failure;
        End(failure.Outcome);
    }

    private void End(string outcome) =>
        Ended = new Attempt(_provider.Name, outcome, (long)_clock.GetElapsedTime(_start).TotalMilliseconds);
}
