namespace QrAi.Durability;

/// <summary>A call of the provider.</summary>
/// <param name="Number">Its position among the calls for the same question, from 1.</param>
/// <param name="StartedAt">The time of its start.</param>
internal sealed record ProviderCall(int Number, long StartedAt)
{
    private readonly List<(int Length, long At)> sent = [];
    private readonly TaskCompletionSource<long> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int length;

    /// <summary>The time of the complete answer or of the client's disconnection.</summary>
    public Task<long> Ended => ended.Task;

    /// <summary>The length of the text after each token, and the time of its sending.</summary>
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
