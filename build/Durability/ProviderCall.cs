namespace QrAi.Durability;

/// <summary>A call of the provider.</summary>
/// <param name="Number">Its position among the calls for the same question, from 1.</param>
/// <param name="StartedAt">When it began.</param>
internal sealed record ProviderCall(int Number, long StartedAt)
{
    private readonly List<(int Length, long At)> sent = [];
    private readonly TaskCompletionSource<long> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int length;

    /// <summary>When the answer was complete or the client disconnected.</summary>
    public Task<long> Ended => ended.Task;

    /// <summary>The length of the text after each token, and when it was sent.</summary>
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
