using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Work;

namespace QrAi.Tests.Unit.Application.Work;

/// <summary>A worker with a lease of ten seconds.</summary>
public sealed class WorkerTests : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();
    private readonly ListLog _log = new();
    private readonly Store _store = new();
    private readonly Work _work = new();
    private readonly ServiceProvider _services;
    private readonly Worker _worker;

    public WorkerTests()
    {
        _services = new ServiceCollection().AddSingleton<IDurableWork>(_work).BuildServiceProvider();
        _worker = Create(Lease);
    }

    [TearDown]
    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Test]
    public async Task A_worker_registers_once_and_sends_a_heartbeat_every_second()
    {
        await Task.WhenAll(RegisterAsync(), RegisterAsync());
        await RegisterAsync();
        _store.Heartbeats.ShouldBe([_worker.Id]);
        Pass(3);

        _store.Heartbeats.Count.ShouldBe(4);
        _store.Heartbeats.ShouldAllBe(id => id == _worker.Id);
        _worker.Id.Version.ShouldBe(7);
    }

    [Test]
    public async Task With_a_short_lease_heartbeats_are_more_frequent()
    {
        await using var worker = Create(TimeSpan.FromSeconds(3));
        await worker.RegisterAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(0.75));

        _store.Heartbeats.Count.ShouldBe(2);
    }

    [Test]
    public async Task Without_the_database_a_worker_is_not_registered_and_can_be_later()
    {
        _store.Fault = new DatabaseUnavailableException("Away.");
        await Should.ThrowAsync<DatabaseUnavailableException>(RegisterAsync);
        _store.Fault = null;
        await RegisterAsync();

        _store.Heartbeats.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_worker_that_is_only_registered_takes_nothing_over()
    {
        await RegisterAsync();
        Pass(3);

        _work.Times.ShouldBe(0);
        _store.Calls.ShouldNotContain("RemoveDead");
    }

    [Test]
    public async Task A_worker_takes_over_every_second_and_removes_dead_workers()
    {
        await TakeOverAsync();
        Pass(3);

        _work.Times.ShouldBe(3);
        _store.Calls.Count(call => call == "RemoveDead").ShouldBe(3);
        _store.Leases.ShouldAllBe(lease => lease == Lease);
    }

    [Test]
    public async Task A_stopping_worker_takes_nothing_over_and_stays_alive()
    {
        await TakeOverAsync();
        _worker.StopTakingOver();
        Pass(3);

        _work.Times.ShouldBe(0);
        _store.Heartbeats.Count.ShouldBe(4);
    }

    [Test]
    public async Task After_an_outage_a_takeover_waits_a_lease_for_the_heartbeats_of_others()
    {
        await TakeOverAsync();
        _store.Fault = new DatabaseUnavailableException("Away.");
        Pass(6);
        _store.Fault = null;
        _work.Times = 0;
        Pass(10);
        _work.Times.ShouldBe(0);
        Pass(1);

        _work.Times.ShouldBe(1);
    }

    [Test]
    public async Task An_outage_of_less_than_half_the_lease_is_ignored()
    {
        await TakeOverAsync();
        _store.Fault = new DatabaseUnavailableException("Away.");
        Pass(4);
        _store.Fault = null;
        _work.Times = 0;
        Pass(1);

        _work.Times.ShouldBe(1);
    }

    [Test]
    public async Task A_worker_that_cannot_send_heartbeats_takes_nothing_over()
    {
        await TakeOverAsync();
        // The heartbeat hangs, while other calls complete immediately.
        _store.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pass(6);
        _work.Times = 0;
        Pass(5);

        _work.Times.ShouldBe(0);
        _store.Hold.SetResult();
    }

    [Test]
    public async Task A_fault_ends_neither_the_heartbeat_nor_the_takeover([Values] bool isExpected)
    {
        await TakeOverAsync();
        _store.Fault = _work.Fault = isExpected
            ? new DatabaseUnavailableException("Away.")
            : new InvalidOperationException("A fault.");
        Pass(1);
        _store.Fault = _work.Fault = null;
        Pass(1);

        _store.Heartbeats.Count.ShouldBe(2);
        _work.Times.ShouldBe(1);
        _log.Lines.Count(line => line.Level == LogLevel.Error).ShouldBe(isExpected ? 0 : 2);
    }

    [Test]
    public async Task A_worker_removes_its_row_when_it_ends()
    {
        await RegisterAsync();
        await _worker.DisposeAsync();
        Pass(3);

        _store.Calls[^1].ShouldBe($"Remove {_worker.Id}");
        _store.Heartbeats.Count.ShouldBe(1);
    }

    [Test]
    public async Task A_worker_that_never_registered_has_no_row_to_remove()
    {
        await _worker.DisposeAsync();

        _store.Calls.ShouldBeEmpty();
    }

    [Test]
    public async Task A_worker_that_ends_while_it_registers_removes_its_row_too()
    {
        _store.Hold = new TaskCompletionSource();
        var registering = RegisterAsync();
        var ending = _worker.DisposeAsync().AsTask();
        ending.IsCompleted.ShouldBeFalse();

        _store.Hold.SetResult();
        await Task.WhenAll(registering, ending);

        _store.Calls.ShouldBe(["Beat", $"Remove {_worker.Id}"]);
    }

    [Test]
    public async Task Without_the_database_a_worker_ends_without_removing_its_row()
    {
        await RegisterAsync();
        _store.Fault = new DatabaseUnavailableException("Away.");

        await Should.NotThrowAsync(async () => await _worker.DisposeAsync());
    }

    [Test]
    public async Task The_database_determines_whether_there_is_another_worker([Values] bool hasOther)
    {
        _store.HasOther = hasOther;

        (await _worker.HasOtherAsync(CancellationToken.None)).ShouldBe(hasOther);
    }

    private Worker Create(TimeSpan lease)
    {
        var loggers = new LoggerFactory([_log]);
        return new Worker(_store, _services, new WorkOptions(lease), _clock, loggers.CreateLogger<Worker>());
    }

    private Task RegisterAsync() => _worker.RegisterAsync(CancellationToken.None).AsTask();

    private Task TakeOverAsync() => _worker.TakeOverAsync(CancellationToken.None);

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
            _clock.Advance(Period);
    }

    private sealed class Work : IDurableWork
    {
        public int Times { get; set; }

        public Exception? Fault { get; set; }

        public Task TakeOverAsync(CancellationToken cancellationToken)
        {
            if (Fault is { } fault)
                throw fault;
            Times++;
            return Task.CompletedTask;
        }
    }

    private sealed class Store : IWorkerStore
    {
        public List<Guid> Heartbeats { get; } = [];

        public List<string> Calls { get; } = [];

        public List<TimeSpan> Leases { get; } = [];

        public Exception? Fault { get; set; }

        /// <summary>What a heartbeat awaits; null for nothing.</summary>
        public TaskCompletionSource? Hold { get; set; }

        public bool HasOther { get; set; }

        public async Task SendHeartbeatAsync(Guid id, string name, CancellationToken cancellationToken)
        {
            Record("Beat");
            if (Hold is { } hold)
                await hold.Task.WaitAsync(cancellationToken);
            Heartbeats.Add(id);
        }

        public Task<bool> IsAliveAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<bool> HasOtherAsync(Guid id, TimeSpan lease, CancellationToken cancellationToken)
        {
            Record("HasOther", lease);
            return Task.FromResult(HasOther);
        }

        public Task RemoveDeadAsync(TimeSpan lease, CancellationToken cancellationToken)
        {
            Record("RemoveDead", lease);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<WorkerLoad>> ExchangeLoadsAsync(
            Guid id,
            string? load,
            TimeSpan lease,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task RemoveAsync(Guid id, CancellationToken cancellationToken)
        {
            Record($"Remove {id}");
            return Task.CompletedTask;
        }

        private void Record(string call, TimeSpan? lease = null)
        {
            Calls.Add(call);
            if (lease is { } given)
                Leases.Add(given);
            if (Fault is { } fault)
                throw fault;
        }
    }
}
