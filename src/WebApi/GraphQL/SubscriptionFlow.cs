namespace QrAi.WebApi.GraphQL;

/// <summary>
/// Bounds the results of a subscription that wait to be sent: the executer has no backpressure. Scoped to a request.
/// </summary>
internal sealed class SubscriptionFlow : IDisposable
{
    private const int MaxWaiting = 4;

    private readonly SemaphoreSlim _room = new(MaxWaiting, MaxWaiting);

    /// <summary>Waits until there is room for one more result.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _room.WaitAsync(cancellationToken);

    /// <summary>Releases the room of a result that was sent.</summary>
    public void MakeRoom() => _room.Release();

    public void Dispose() => _room.Dispose();
}
