using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace QrAi.Tests.Testing.Postgres;

/// <summary>
/// A pool of clones of a template. They are created in advance and handed out with an open connection, so that a test
/// does not wait for its database. Returned databases are dropped in the background.
/// </summary>
public sealed class DatabasePool : IAsyncDisposable
{
    // A clone takes 10 MB, mostly of memory: these limits keep the pool below 500 MB for any number of tests.
    private const int MaxReady = 16;
    private const int MaxReturned = 16;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);

    private readonly PostgresServer _server;
    private readonly string _template;
    private readonly TimeSpan _patience;
    private readonly Channel<TestDatabase> _ready = Channel.CreateUnbounded<TestDatabase>();
    private readonly Channel<TestDatabase> _returned = Channel.CreateBounded<TestDatabase>(MaxReturned);
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

    /// <summary>The databases handed out so far, with their waits.</summary>
    public DatabasePoolReport Report => new([.. _handOuts], TimeSpan.FromTicks(Interlocked.Read(ref _held)));

    /// <summary>Hands out an unused database that answers.</summary>
    /// <param name="holder">The name of the user of the database, for the report of leaks.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TimeoutException">None was ready within a minute.</exception>
    public async Task<TestDatabase> RentAsync(string holder, CancellationToken cancellationToken = default)
    {
        var start = Stopwatch.GetTimestamp();
        var database = await _ready.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(_limit, cancellationToken);
        _wake.Release();
        // A database that does not answer fails here, not later within a test.
        await database.PingAsync(cancellationToken);
        _handOuts.Enqueue(Stopwatch.GetElapsedTime(start));
        database.Holder = holder;
        database.Rented = Stopwatch.GetTimestamp();
        return database;
    }

    /// <summary>Stops after all returned databases are dropped; the others end with the server.</summary>
    /// <exception cref="InvalidOperationException">Tests left connections open; the message names them.</exception>
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

    // One operation at a time: two concurrent clones take five times as long as sequential ones, as each waits for the
    // other's checkpoints. A drop is another checkpoint, so clones that tests wait for come first.
    private async Task WorkAsync()
    {
        var resting = new List<TestDatabase>();
        var free = new Queue<TestDatabase>();
        try
        {
            while (true)
            {
                // Read before the returned databases, so that those returned before the end are still dropped.
                var stopping = _stopping.IsCancellationRequested;
                while (resting.Count + free.Count < MaxReturned && _returned.Reader.TryRead(out var returned))
                    resting.Add(returned);
                var ahead = (_connecting.IsCompleted ? 0 : 1) + _ready.Reader.Count;
                if (!stopping && ahead < MaxReady && resting.Count + free.Count < MaxReturned)
                    await CreateAsync();
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
            // Waiting tests receive the exception.
            _ready.Writer.TryComplete(e);
            throw;
        }
    }

    // While a clone is created the previous one is connected to, which takes about as long.
    private async Task CreateAsync()
    {
        var database = new TestDatabase(this, await _server.CreateDatabaseAsync(_template));
        await _connecting;
        _connecting = Task.Run(async () =>
        {
            await database.PingAsync(CancellationToken.None);
            _ready.Writer.TryWrite(database);
        });
    }

    // The server process of a connection ends a moment after the connection, and dropping a database that still has one
    // takes a tenth of a second: so returned databases rest until they have none.
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
