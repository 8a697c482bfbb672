namespace QrAi.Durability;

/// <summary>One time that the provider was asked.</summary>
/// <param name="Number">The how-many-eth time for the question, from 1.</param>
/// <param name="StartedAt">When.</param>
internal sealed record ProviderCall(int Number, long StartedAt)
{
    private readonly List<(int Length, long At)> sent = [];
    private readonly TaskCompletionSource<long> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int length;

    /// <summary>When the answer was whole or the asker had gone.</summary>
    public Task<long> Ended => ended.Task;

    /// <summary>How much had been sent after each token, and when.</summary>
    public IReadOnlyList<(int Length, long At)> Sent
    {
        get
        {
            lock (sent)
                return [.. sent];
        }
    }

    public void Send(string token, long at)
    {
        lock (sent)
            sent.Add((length += token.Length, at));
    }

    public void End(long at) => ended.TrySetResult(at);
}
