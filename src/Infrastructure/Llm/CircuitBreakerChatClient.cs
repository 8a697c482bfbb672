using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Polly;
using Polly.CircuitBreaker;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Skips a provider for a while after it failed several times in a row, then lets one attempt through. An attempt lasts
/// until its stream ends: one that breaks off after its first token has failed too.
/// </summary>
internal sealed class CircuitBreakerChatClient : StreamingChatClient
{
    public const int FailuresToOpen = 5;
    public static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(30);

    private readonly IChatClient _inner;
    private readonly ResiliencePipeline<bool> _circuit;
    private readonly CircuitBreakerStateProvider _state = new();
    private int _failuresInARow;

    public CircuitBreakerChatClient(IChatClient inner, TimeProvider clock)
    {
        _inner = inner;
        _circuit = new ResiliencePipelineBuilder<bool> { TimeProvider = clock }
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<bool>
                {
                    // Polly opens on a ratio of failures in a window, which is not "in a row". So the row is counted
                    // here, only what completes one is a failure to Polly, and any ratio opens.
                    ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result),
                    FailureRatio = 0,
                    MinimumThroughput = 2,
                    SamplingDuration = TimeSpan.FromDays(1),
                    BreakDuration = OpenTime,
                    StateProvider = _state,
                }
            )
            .Build();
    }

    private enum Result
    {
        /// <summary>Stopped by the caller, or refused for the caller's fault: it says nothing about the provider.</summary>
        Unknown,
        Success,
        Failure,
    }

    /// <summary>How many attempts have failed since the last that succeeded.</summary>
    public int FailuresInARow => Volatile.Read(ref _failuresInARow);

    /// <summary>Whether the provider is skipped at the moment.</summary>
    public bool IsOpen => _state.CircuitState == CircuitState.Open;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        // The circuit watches an execution that lasts as long as the stream does, and is told its result at the end.
        var admitted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<bool>();
        var watch = _circuit
            .ExecuteAsync(
                async _ =>
                {
                    admitted.SetResult();
                    return await ended.Task;
                },
                CancellationToken.None
            )
            .AsTask();
        await Task.WhenAny(admitted.Task, watch);
        if (!admitted.Task.IsCompleted)
            throw new ProviderException(AttemptOutcomes.CircuitOpen, Reaction.NextProvider);

        var onProbation = _state.CircuitState == CircuitState.HalfOpen;
        var result = Result.Unknown;
        try
        {
            await using var updates = _inner
                .GetStreamingResponseAsync(messages, options, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                        break;
                }
                catch (ProviderException exception) when (exception.Reaction != Reaction.GiveUp)
                {
                    result = Result.Failure;
                    throw;
                }

                yield return updates.Current;
            }

            result = Result.Success;
        }
        finally
        {
            ended.SetResult(OpensCircuit(result, onProbation));
            await watch;
        }
    }

    private bool OpensCircuit(Result result, bool onProbation)
    {
        switch (result)
        {
            case Result.Success:
                Volatile.Write(ref _failuresInARow, 0);
                return false;
            case Result.Failure:
                return Interlocked.Increment(ref _failuresInARow) >= FailuresToOpen;
            default:
                // The one attempt that an open circuit lets through has to prove that the provider is back.
                return onProbation;
        }
    }
}
