using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Infrastructure.Jobs;
using QrAi.Infrastructure.Persistence;

namespace QrAi.Tests.Unit.Infrastructure.Jobs;

public sealed class PeriodicJobTests : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly TestClock _clock = new();
    private readonly ListLog _log = new();
    private readonly DatabaseState _database = new();
    private Job _job = null!;

    [SetUp]
    public void Create() => _job = new Job(_clock, CreateLogger());

    [TearDown]
    public void Dispose()
    {
        _job.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task A_job_runs_after_each_period()
    {
        await _job.StartAsync(CancellationToken.None);

        for (var run = 1; run <= 3; run++)
        {
            await _clock.NextWaitAsync(wait => wait == Period).Soon();
            _job.Runs.ShouldBe(run - 1);
            _clock.Advance(Period - TimeSpan.FromTicks(1));
            _job.Runs.ShouldBe(run - 1);
            _clock.Advance(TimeSpan.FromTicks(1));
            await Eventually.Holds(() => _job.Runs == run);
        }
    }

    [Test]
    public async Task The_first_run_may_be_due_sooner()
    {
        _job.First = TimeSpan.Zero;

        await _job.StartAsync(CancellationToken.None);

        await Eventually.Holds(() => _job.Runs == 1);
        await _clock.PassAsync(Period).Soon();
        await Eventually.Holds(() => _job.Runs == 2);
    }

    [Test]
    public async Task The_period_begins_at_the_end_of_a_run()
    {
        _job.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _job.StartAsync(CancellationToken.None);
        await _clock.PassAsync(Period).Soon();
        await Eventually.Holds(() => _job.Runs == 1);
        _clock.Advance(Period * 2);
        _job.Runs.ShouldBe(1);

        _job.Hold.SetResult();

        await _clock.PassAsync(Period).Soon();
        await Eventually.Holds(() => _job.Runs == 2);
    }

    [Test]
    public async Task A_complete_job_runs_no_longer()
    {
        _job.IsComplete = true;
        await _job.StartAsync(CancellationToken.None);

        await _clock.PassAsync(Period).Soon();

        await _job.ExecuteTask!.Soon();
        _job.Runs.ShouldBe(1);
    }

    [Test]
    public async Task A_failure_is_logged_with_the_name_of_the_job_and_the_next_run_continues()
    {
        _job.Fault = new InvalidOperationException("A fault.");
        await _job.StartAsync(CancellationToken.None);
        await _clock.PassAsync(Period).Soon();
        await _clock.NextWaitAsync(wait => wait == Period).Soon();
        _job.Fault = null;
        _clock.Advance(Period);

        await Eventually.Holds(() => _job.Runs == 2);
        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Error);
        line.Message.ShouldBe("Job failed; the next run tries again");
        line.Exception.ShouldBeOfType<InvalidOperationException>();
    }

    [Test]
    public async Task A_timeout_within_a_run_is_a_failure_and_does_not_end_the_job()
    {
        _job.Fault = new TaskCanceledException("No answer in time.");
        await _job.StartAsync(CancellationToken.None);
        await _clock.PassAsync(Period).Soon();
        await _clock.PassAsync(Period).Soon();

        await Eventually.Holds(() => _job.Runs == 2);
        _log.Lines.First().Exception.ShouldBeOfType<TaskCanceledException>();
    }

    [Test]
    public async Task An_outage_of_the_database_is_logged_at_debug_without_a_stack_trace()
    {
        _job.Fault = new DatabaseUnavailableException("The database is away.");
        await _job.StartAsync(CancellationToken.None);
        await _clock.PassAsync(Period).Soon();
        await _clock.NextWaitAsync(wait => wait == Period).Soon();

        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Debug);
        line.Message.ShouldBe("Job waits for the database: The database is away.");
        line.Exception.ShouldBeNull();
    }

    [Test]
    public async Task A_job_waits_for_the_database_to_be_ready()
    {
        using var job = new Job(_clock, CreateLogger(), _database) { First = TimeSpan.Zero, IsComplete = true };
        var running = job.ExecuteNowAsync(CancellationToken.None);
        job.Runs.ShouldBe(0);

        _database.Open();

        await running.Soon();
        job.Runs.ShouldBe(1);
    }

    [Test]
    public async Task A_job_stops_while_it_waits_for_the_database()
    {
        using var job = new Job(_clock, CreateLogger(), _database) { First = TimeSpan.Zero };
        using var stop = new CancellationTokenSource();
        var running = job.ExecuteNowAsync(stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(running.Soon());
        job.Runs.ShouldBe(0);
    }

    [Test]
    public async Task A_job_stops_between_two_runs()
    {
        await _job.StartAsync(CancellationToken.None);
        await _clock.NextWaitAsync(wait => wait == Period).Soon();

        await _job.StopAsync(CancellationToken.None).Soon();

        _job.ExecuteTask!.IsCanceled.ShouldBeTrue();
        _job.Runs.ShouldBe(0);
    }

    [Test]
    public async Task A_job_stops_within_a_run_and_that_is_not_a_failure()
    {
        _job.Hold = new TaskCompletionSource();
        await _job.StartAsync(CancellationToken.None);
        await _clock.PassAsync(Period).Soon();
        await Eventually.Holds(() => _job.Runs == 1);

        await _job.StopAsync(CancellationToken.None).Soon();

        _job.ExecuteTask!.IsCanceled.ShouldBeTrue();
        _log.Lines.ShouldBeEmpty();
    }

    private ILogger CreateLogger() => new LoggerFactory([_log]).CreateLogger<PeriodicJobTests>();

    private sealed class Job(TimeProvider clock, ILogger logger, DatabaseState? database = null)
        : PeriodicJob(clock, logger, database)
    {
        private int _runs;

        public int Runs => Volatile.Read(ref _runs);

        public TimeSpan First { get; set; } = PeriodicJobTests.Period;

        public Exception? Fault { get; set; }

        public TaskCompletionSource? Hold { get; set; }

        public bool IsComplete { get; set; }

        /// <summary>Runs the job on this thread until its first wait.</summary>
        public Task ExecuteNowAsync(CancellationToken cancellationToken) => ExecuteAsync(cancellationToken);

        protected override TimeSpan Period => PeriodicJobTests.Period;

        protected override TimeSpan DueTime => First;

        protected override async Task<bool> RunAsync(CancellationToken stoppingToken)
        {
            Interlocked.Increment(ref _runs);
            if (Hold is { } hold)
                await hold.Task.WaitAsync(stoppingToken);
            return Fault is { } fault ? throw fault : !IsComplete;
        }
    }
}
