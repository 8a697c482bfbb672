namespace QrAi.Application.Generations;

/// <summary>Counts changes, and wakes those who wait for the next one. Its owner serializes the calls.</summary>
internal struct ChangeSignal
{
    /// <summary>Completes at the next change; null while nobody waits for it.</summary>
    private TaskCompletionSource? _next;

    /// <summary>The number of changes.</summary>
    public int Version { get; private set; }

    /// <summary>Counts a change. Those who wait continue asynchronously, outside the owner's lock.</summary>
    public void Raise()
    {
        Version++;
        _next?.SetResult();
        _next = null;
    }

    /// <summary>Completes when there has been a change.</summary>
    /// <param name="version">The version that the caller has seen.</param>
    public Task Since(int version) =>
        Version != version
            ? Task.CompletedTask
            : (_next ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}
