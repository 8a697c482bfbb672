using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Retries a provider within a time limit, and skips it while it keeps failing. Calls that are skipped are
/// not logged, so that an outage does not flood the log.
/// </summary>
/// <param name="calls">Begins and ends the calls.</param>
/// <param name="attempts">Makes one attempt, and throws <see cref="ProviderException"/>.</param>
/// <param name="limit">The time limit, retries included.</param>
/// <param name="maxRetries">The maximum number of retries.</param>
/// <param name="clock">Measures waits.</param>
/// <param name="logger">Receives failures, never texts.</param>
internal sealed class ResilientEmbeddingGenerator(
    EmbeddingCalls calls,
    IEmbeddingGenerator<string, Embedding<float>> attempts,
    TimeSpan limit,
    int maxRetries,
    TimeProvider clock,
    ILogger<ResilientEmbeddingGenerator> logger
) : DelegatingEmbeddingGenerator<string, Embedding<float>>(attempts)
{
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var texts = values.ToList();
        using var expired = new CancellationTokenSource(limit, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellationToken);
        for (var retry = 1; ; retry++)
            try
            {
                return await TryAsync(texts, options, stop.Token, cancellationToken);
            }
            catch (ProviderException failure)
            {
                if (retry > maxRetries || RetryWait.Of(failure, retry) is not { } wait)
                    throw Failed(failure);
                await WaitAsync(wait, failure, stop.Token, cancellationToken);
            }
    }

    private async Task<GeneratedEmbeddings<Embedding<float>>> TryAsync(
        List<string> texts,
        EmbeddingGenerationOptions? options,
        CancellationToken stop,
        CancellationToken cancellationToken
    )
    {
        using var call = calls.Begin(texts);
        try
        {
            var vectors = await base.GenerateAsync(texts, options, stop);
            call.Complete(vectors.Usage);
            return vectors;
        }
        catch (Exception exception)
            when (exception is ProviderException or OperationCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            var failure =
                exception as ProviderException
                ?? new ProviderException(AttemptOutcomes.TimedOut, Reaction.NextProvider, new TimeoutException());
            call.Fail(failure);
            Log(failure, call.Duration, texts);
            throw failure;
        }
    }

    private async Task WaitAsync(
        TimeSpan wait,
        ProviderException failure,
        CancellationToken stop,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await Task.Delay(wait, clock, stop);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(failure);
        }
    }

    private void Log(ProviderException failure, TimeSpan duration, List<string> texts) =>
        logger.Log(
            failure.NeedsOperator ? LogLevel.Error : LogLevel.Warning,
            "Embedding {Count} texts by {Provider} failed: {Outcome} after {DurationMs:0} ms ({Cause})",
            texts.Count,
            calls.Provider,
            failure.Outcome,
            duration.TotalMilliseconds,
            failure.Error is { } error && LoggableReason.Of(error, texts) is { } reason
                ? $"{failure.Cause}: {reason}"
                : failure.Cause
        );

    private EmbeddingFailedException Failed(ProviderException failure) =>
        new(
            $"The provider {calls.Provider} returned no vectors: {failure.Outcome}.",
            failure.Reaction == Reaction.GiveUp || failure.Outcome == AttemptOutcomes.InvalidResponse,
            failure
        );
}
