using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// Clones of a template, made ahead and handed out with a connection that is open already, so that a test does not
/// wait for its database. What tests are done with is dropped behind their backs.
/// </summary>
public sealed class DatabasePool : IAsyncDisposable
{
    // A clone takes 10 MB, mostly of memory: these bounds hold the pool below 500 MB, whatever the number of tests.
    private const int Ready = 16;
    private const int Returned = 16;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);

    private readonly PostgresServer _server;
    private readonly string _template;
    private readonly TimeSpan _patience;
    private readonly Channel<TestDatabase> _ready = Channel.CreateUnbounded<TestDatabase>();
    private readonly Channel<TestDatabase> _returned = Channel.CreateBounded<TestDatabase>(Returned);
    private readonly ConcurrentQueue<TimeSpan> _handOuts = new();
    private readonly ConcurrentQueue<string> _leaks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Task _working;
    private Task _connecting = Task.CompletedTask;
    private long _held;

    internal DatabasePool(PostgresServer server, string template, TimeSpan patience)
    {
        (_server, _template, _patience) = (server, template, patience);
        _working = Task.Run(WorkAsync);
    }

    /// <summary>What it has handed out so far, and how long that took.</summary>
    public DatabasePoolReport Report => new([.. _handOuts], TimeSpan.FromTicks(Interlocked.Read(ref _held)));

    /// <summary>Hands out a database that nobody has used, and that answers.</summary>
    /// <param name="holder">Who takes it: whoever leaks is told by this name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">None was ready within a minute.</exception>
    public async Task<TestDatabase> RentAsync(string holder, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var database = await _ready.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(_limit, cancellationToken);
        _wake.Release();
        // Should it not answer, this is the place to say so, not somewhere within a test.
        await database.PingAsync(cancellationToken);
        _handOuts.Enqueue(Stopwatch.GetElapsedTime(start));
        database.Holder = holder;
        database.Rented = Stopwatch.GetTimestamp();
        return database;
    }

    /// <summary>Stops its work when all that was given back is dropped; what was not, ends with the server.</summary>
    /// <exception cref="InvalidOperationException">Tests have left connections open; the message names them.</exception>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _wake.Release();
        await _working.WaitAsync(_limit);
        while (_ready.Reader.TryRead(out var database))
            await database.DataSource.DisposeAsync();
        _stopping.Dispose();
        _wake.Dispose();
        if (!_leaks.IsEmpty)
            throw new InvalidOperationException($"Connections outlived their tests: {string.Join(", ", _leaks)}.");
    }

    internal async ValueTask ReturnAsync(TestDatabase database)
    {
        Interlocked.Add(ref _held, Stopwatch.GetElapsedTime(database.Rented).Ticks);
        database.Returned = Stopwatch.GetTimestamp();
        await _returned.Writer.WriteAsync(database);
        _wake.Release();
    }

    // One thing at a time: two clones made at once take five times as long as one after the other, as each waits for the
    // other's checkpoints. A drop is another checkpoint, so tests that wait for a clone come first.
    private async Task WorkAsync()
    {
        var resting = new List<TestDatabase>();
        var free = new Queue<TestDatabase>();
        try
        {
            while (true)
            {
                // Before looking for what was given back: what came before the end is still seen to.
                var stopping = _stopping.IsCancellationRequested;
                while (resting.Count + free.Count < Returned && _returned.Reader.TryRead(out var returned))
                    resting.Add(returned);
                var ahead = (_connecting.IsCompleted ? 0 : 1) + _ready.Reader.Count;
                if (!stopping && ahead < Ready && resting.Count + free.Count < Returned)
                    await MakeAsync();
                else if (free.TryDequeue(out var dropped))
                    await _server.DropDatabaseAsync(dropped.Url);
                else if (resting.Count > 0)
                    await RestAsync(resting, free);
                else if (stopping)
                {
                    await _connecting;
                    return;
                }
                else
                    await _wake.WaitAsync();
            }
        }
        catch (Exception e)
        {
            // Whoever waits for a database is told why there is none.
            _ready.Writer.TryComplete(e);
            throw;
        }
    }

    // While one clone is made the one before it is connected to, which takes about as long.
    private async Task MakeAsync()
    {
        var database = new TestDatabase(this, await _server.CreateDatabaseAsync(_template));
        await _connecting;
        _connecting = Task.Run(async () =>
        {
            await database.PingAsync(CancellationToken.None);
            _ready.Writer.TryWrite(database);
        });
    }

    // The server's process for a connection ends a moment after the connection, and to drop a database that has one costs
    // a tenth of a second: so they rest until they are free.
    private async Task RestAsync(List<TestDatabase> resting, Queue<TestDatabase> free)
    {
        using var limit = new CancellationTokenSource(_interval, TimeProvider.System);
        await _wake.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var busy = await _server.ConnectionsAsync(resting.Select(database => database.Name));
        foreach (var database in resting.ToList())
        {
            if (busy.TryGetValue(database.Name, out var application))
            {
                if (Stopwatch.GetElapsedTime(database.Returned) < _patience)
                    continue;
                _leaks.Enqueue($"'{application}' in {database.Name} of {database.Holder}");
            }

            resting.Remove(database);
            free.Enqueue(database);
        }
    }
}
