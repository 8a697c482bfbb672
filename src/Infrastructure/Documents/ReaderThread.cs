namespace QrAi.Infrastructure.Documents;

/// <summary>Runs code that may never return, or that recurses deeply, on a thread of its own.</summary>
internal static class ReaderThread
{
    // Libraries recurse into nested input. Their limits are met long before this stack overflows, which ends the process.
    private const int StackBytes = 64 << 20;

    /// <summary>Runs a function and waits for its result for a limited time.</summary>
    /// <param name="function">The function. Its token is cancelled when the result is no longer awaited.</param>
    /// <param name="timeout">The time limit.</param>
    /// <param name="time">Measures the time limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">
    /// If the time limit is exceeded. A thread that ignores its token is abandoned: it cannot be stopped, and ends with the
    /// process at the latest.
    /// </exception>
    public static async Task<T> RunAsync<T>(
        Func<CancellationToken, T> function,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var stop = new CancellationTokenSource();
        var token = stop.Token; // it remains usable after its source is disposed
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Complete(completion, function, token), StackBytes)
        {
            IsBackground = true,
            Name = "Document reader",
        };
        thread.UnsafeStart();
        try
        {
            return await completion.Task.WaitAsync(timeout, time, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static void Complete<T>(
        TaskCompletionSource<T> completion,
        Func<CancellationToken, T> function,
        CancellationToken token
    )
    {
        try
        {
            completion.SetResult(function(token));
        }
        catch (Exception exception)
        {
            completion.SetException(exception);
            _ = completion.Task.Exception; // observed, also if it is no longer awaited
        }
    }
}
