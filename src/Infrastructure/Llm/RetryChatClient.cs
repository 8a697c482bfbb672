using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;
using QrAi.Application.Models;
using QrAi.Domain.Sessions;

namespace QrAi.Infrastructure.Llm;

/// <summary>
/// Asks a provider again, with growing and jittered waits, until its first token has come. After it the caller has text
/// already, and what to do is for <see cref="FailoverChatClient"/> to decide.
/// </summary>
internal sealed class RetryChatClient(IChatClient inner, int maxRetries, TimeProvider clock) : StreamingChatClient
{
    /// <summary>A provider that wants to be left alone for longer is skipped.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly ResiliencePropertyKey<List<Attempt>> Failed = new("failed attempts");

    private readonly ResiliencePipeline _retry =
        maxRetries == 0
            ? ResiliencePipeline.Empty
            : new ResiliencePipelineBuilder { TimeProvider = clock }
                .AddRetry(
                    new RetryStrategyOptions
                    {
                        MaxRetryAttempts = maxRetries,
                        BackoffType = DelayBackoffType.Exponential,
                        UseJitter = true,
                        Delay = FirstWait,
                        MaxDelay = LongestWait,
                        ShouldHandle = static args => ValueTask.FromResult(IsWorthRetrying(args.Outcome.Exception)),
                        DelayGenerator = static args =>
                            ValueTask.FromResult(((ProviderException)args.Outcome.Exception!).RetryAfter),
                        OnRetry = static args =>
                        {
                            args.Context.Properties.GetValue(Failed, null!)
                                .Add(((ProviderException)args.Outcome.Exception!).Attempt!);
                            return default;
                        },
                    }
                )
                .Build();

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var failed = new List<Attempt>();
        var (stream, failure) = await OpenAsync(messages, options, failed, cancellationToken);
        await using var opened = stream;
        foreach (var attempt in failed)
            yield return AttemptChatClient.Note(new AttemptEnded(attempt));
        failure?.Throw();

        do yield return opened!.Current;
        while (await opened.MoveNextAsync());
    }

    private static bool IsWorthRetrying(Exception? exception) =>
        exception is ProviderException { Reaction: Reaction.Retry } failure
        && !(failure.RetryAfter > LongestRetryAfter);

    /// <summary>Opens streams until one has its first update, or says why there is none.</summary>
    private async Task<(IAsyncEnumerator<ChatResponseUpdate>? Stream, ExceptionDispatchInfo? Failure)> OpenAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options,
        List<Attempt> failed,
        CancellationToken cancellationToken
    )
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Failed, failed);
        try
        {
            var stream = await _retry.ExecuteAsync(
                async execution =>
                {
                    var updates = inner
                        .GetStreamingResponseAsync(messages, options, cancellationToken)
                        .GetAsyncEnumerator(cancellationToken);
                    try
                    {
                        // An attempt always has a first update: it says who has begun.
                        await updates.MoveNextAsync();
                        return updates;
                    }
                    catch
                    {
                        await updates.DisposeAsync();
                        throw;
                    }
                },
                context
            );
            return (stream, null);
        }
        catch (Exception exception)
        {
            return (null, ExceptionDispatchInfo.Capture(exception));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}
