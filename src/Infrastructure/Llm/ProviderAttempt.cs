using Microsoft.Extensions.AI;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// One attempt at a provider, which lasts until its stream has ended, and what watches it meanwhile: the circuit, telemetry
/// and the time limit of the first token. What comes later is bounded by the total time alone.
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

    /// <summary>Asks a provider, or ends at once where it is skipped.</summary>
    /// <param name="provider">Who is asked.</param>
    /// <param name="messages">What it is asked.</param>
    /// <param name="options">How, the model included unless it is the provider's own.</param>
    /// <param name="firstToken">How long its first token may take.</param>
    /// <param name="clock">What that is measured by.</param>
    /// <param name="total">Cancelled when the answer is, or when its total time is over.</param>
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

        _call = ProviderCall.Start(provider, _model, clock);
        _stop = new CancellationTokenSource(firstToken, clock);
        _stopWithTotal = total.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
        _updates = provider
            .Client.GetStreamingResponseAsync(messages, options, _stop.Token)
            .GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Whether the first token has come.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>How it ended; null until then.</summary>
    public Attempt? Ended { get; private set; }

    /// <summary>Why the provider gave no whole answer; null if it did, or was stopped.</summary>
    public ProviderException? Failure { get; private set; }

    /// <summary>The provider's updates, while it has not ended.</summary>
    public IAsyncEnumerator<ChatResponseUpdate> Updates => _updates!;

    /// <summary>Notes the first token, which ends its time limit.</summary>
    public AttemptStarted Begin()
    {
        HasBegun = true;
        _stop!.CancelAfter(Timeout.InfiniteTimeSpan);
        return new AttemptStarted(_provider.Name, _model);
    }

    /// <summary>Notes what an update tells about the attempt.</summary>
    public void See(ChatResponseUpdate update) => _call?.See(update);

    /// <summary>Ends it with a whole answer.</summary>
    public void Complete()
    {
        _pass!.Succeed();
        _call?.Complete();
        End(AttemptOutcomes.Completed);
    }

    /// <summary>Ends it with what its updates threw.</summary>
    /// <returns>Whether that is among what a provider does, and no fault in here.</returns>
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
                // A refused question says nothing about the provider.
                if (failure.Reaction != Reaction.GiveUp)
                    _pass!.Fail();
                Fail(failure);
                return true;
            case OperationCanceledException:
                End(AttemptOutcomes.Cancelled);
                return true;
            default:
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
