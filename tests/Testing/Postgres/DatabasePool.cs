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
    private const int Ready = 12;
    private const int Returned = 32;

    // One at a time keeps up with tests of 25 ms; two, with those tests running beside each other.
    private const int Makers = 2;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);

    private readonly PostgresServer _server;
    private readonly string _template;
    private readonly TimeSpan _patience;
    private readonly Channel<TestDatabase> _ready = Channel.CreateBounded<TestDatabase>(Ready);
    private readonly Channel<TestDatabase> _returned = Channel.CreateBounded<TestDatabase>(Returned);
    private readonly ConcurrentQueue<TimeSpan> _handOuts = new();
    private readonly ConcurrentQueue<string> _leaks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _making;
    private readonly Task _dropping;
    private long _held;

    internal DatabasePool(PostgresServer server, string template, TimeSpan patience)
    {
        (_server, _template, _patience) = (server, template, patience);
        _making = Task.WhenAll(Enumerable.Range(0, Makers).Select(_ => Task.Run(() => MakeAsync(_stopping.Token))));
        _dropping = Task.Run(DropAsync);
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
        _returned.Writer.TryComplete();
        await _making.WaitAsync(_limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _dropping.WaitAsync(_limit);
        while (_ready.Reader.TryRead(out var database))
            await database.DataSource.DisposeAsync();
        _stopping.Dispose();
        if (!_leaks.IsEmpty)
            throw new InvalidOperationException($"Connections outlived their tests: {string.Join(", ", _leaks)}.");
    }

    internal ValueTask ReturnAsync(TestDatabase database)
    {
        Interlocked.Add(ref _held, Stopwatch.GetElapsedTime(database.Rented).Ticks);
        database.Returned = Stopwatch.GetTimestamp();
        return _returned.Writer.WriteAsync(database);
    }

    private async Task MakeAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                var database = new TestDatabase(this, await _server.CreateDatabaseAsync(_template, stopping));
                await database.PingAsync(stopping);
                await _ready.Writer.WriteAsync(database, stopping);
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Whoever waits for a database is told why there is none.
            _ready.Writer.TryComplete(e);
            throw;
        }
    }

    private async Task DropAsync()
    {
        var waiting = new List<TestDatabase>();
        using var timer = new PeriodicTimer(_interval, TimeProvider.System);
        while (waiting.Count > 0 || await _returned.Reader.WaitToReadAsync())
        {
            while (waiting.Count < Returned && _returned.Reader.TryRead(out var database))
                waiting.Add(database);
            // The server's process for a connection ends a moment after the connection, and to drop a database that
            // has one costs a tenth of a second: so they rest until they are free.
            await timer.WaitForNextTickAsync();
            var busy = await _server.ConnectionsAsync(waiting.Select(database => database.Name));
            foreach (var database in waiting.ToList())
            {
                if (busy.TryGetValue(database.Name, out var application))
                {
                    if (Stopwatch.GetElapsedTime(database.Returned) < _patience)
                        continue;
                    _leaks.Enqueue($"'{application}' in {database.Name} of {database.Holder}");
                }

                waiting.Remove(database);
                await _server.DropDatabaseAsync(database.Url);
            }
        }
    }
}
