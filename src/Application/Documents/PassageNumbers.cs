namespace QrAi.Application.Documents;

/// <summary>Gives the passages of this process their numbers in the search index, reserved in blocks.</summary>
internal sealed class PassageNumbers(IDocumentQueueStore queue) : IDisposable
{
    private const int BlockSize = 1_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private long _next;
    private long _end;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>Returns the first of consecutive numbers that nobody else uses.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<long> TakeAsync(int count, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_end - _next < count)
            {
                var size = Math.Max(count, BlockSize);
                _next = await queue.ReservePassagesAsync(size, cancellationToken);
                _end = _next + size;
            }

            var first = _next;
            _next += count;
            return first;
        }
        finally
        {
            _gate.Release();
        }
    }
}
