namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Bounds how many results of a subscription wait for its subscriber to read them. Scoped to a request, whose executer has
/// no way of saying it.
/// </summary>
internal sealed class SubscriptionFlow : IDisposable
{
    private const int MaxWaiting = 4;

    private readonly SemaphoreSlim _room = new(MaxWaiting, MaxWaiting);

    /// <summary>Waits until there is room for one more result.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    /// <summary>A result was read.</summary>
    public void MakeRoom() => _room.Release();

    public void Dispose() => _room.Dispose();
}
