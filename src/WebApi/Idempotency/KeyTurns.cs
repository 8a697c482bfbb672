using QrAi.Application.Errors;

namespace QrAi.WebApi.Idempotency;

/// <summary>
/// Lets the requests with one idempotency key go one after the other until the first has been kept: those behind it then
/// find what came of it. Other processes are kept apart by the database.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class KeyTurns(TimeProvider clock)
{
    /// <summary>How many wait for one key at the most.</summary>
    public const int MostWaiting = 200;

    /// <summary>How long each waits at the most: what is kept is kept in less, or the database is away.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Owner, string Key), Line> _lines = [];
    private readonly Lock _gate = new();

    /// <summary>Waits for the turn of a key.</summary>
    /// <param name="owner">Whose key it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The turn, which goes to the next one when it is disposed of.</returns>
    /// <exception cref="IdempotencyInProgressException">It did not come in time, or too many wait for it.</exception>
    public async Task<KeyTurn> WaitAsync(string owner, string key, CancellationToken cancellationToken)
    {
        var line = Enter((owner, key));
        var (hasTurn, hasWaited) = (false, false);
        try
        {
            hasTurn = line.Turn.Wait(0, cancellationToken);
            if (!hasTurn)
                hasTurn = hasWaited = await TryWaitAsync(line.Turn, cancellationToken);
        }
        finally
        {
            if (!hasTurn)
                Leave((owner, key), line);
        }

        return hasTurn
            ? new KeyTurn(() => Release((owner, key), line), hasWaited)
            : throw new IdempotencyInProgressException();
    }

    private async Task<bool> TryWaitAsync(SemaphoreSlim turn, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await turn.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private Line Enter((string, string) key)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(key, out var line))
                _lines[key] = line = new Line();
            if (line.Count > MostWaiting)
                throw new IdempotencyInProgressException();
            line.Count++;
            return line;
        }
    }

    private void Leave((string, string) key, Line line)
    {
        lock (_gate)
            if (--line.Count == 0)
            {
                _lines.Remove(key);
                line.Turn.Dispose();
            }
    }

    private sealed class Line
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>Who waits, and who has the turn.</summary>
        public int Count { get; set; }
    }

    private void Release((string, string) key, Line line)
    {
        line.Turn.Release();
        Leave(key, line);
    }
}

/// <summary>The turn of a request, which goes to the next one when it is disposed of.</summary>
/// <param name="release">Gives it to the next one.</param>
/// <param name="hasWaited">Whether another one had it before.</param>
internal sealed class KeyTurn(Action release, bool hasWaited) : IDisposable
{
    private int _over;

    /// <summary>Whether another one had it before.</summary>
    public bool HasWaited => hasWaited;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
            release();
    }
}
