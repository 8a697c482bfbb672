using Microsoft.Extensions.Logging.Abstractions;
using QrAi.Application.Errors;
using QrAi.Application.Usage;
using QrAi.Domain.Usage;

namespace QrAi.Tests.Unit.Application.Usage;

/// <summary>Calls of providers that wait for the database.</summary>
public sealed class UsageRecorderTests : IAsyncDisposable
{
    private readonly Store _store = new();
    private readonly TestClock _clock = new();
    private readonly UsageRecorder _recorder;

    public UsageRecorderTests() => _recorder = new UsageRecorder(_store, _clock, NullLogger<UsageRecorder>.Instance);

    [Test]
    public async Task Calls_are_stored_before_the_recorder_returns()
    {
        var call = Call();

        await _recorder.RecordAsync([call]).Soon();

        _store.Calls.ShouldBe([call]);
    }

    [Test]
    public async Task While_the_database_is_down_calls_wait_and_are_stored_once_in_their_order()
    {
        _store.IsDown = true;
        var (one, two) = (Call(), Call());
        await _recorder.RecordAsync([one]).Soon();
        await Should.ThrowAsync<DatabaseUnavailableException>(() => _recorder.WriteAsync(default));
        await _recorder.RecordAsync([two]).Soon();
        _store.IsDown = false;

        await _recorder.WriteAsync(default).Soon();
        await _recorder.WriteAsync(default).Soon();

        _store.Calls.ShouldBe([one, two]);
    }

    [Test]
    public async Task What_waits_is_stored_at_the_end_of_the_process()
    {
        _store.IsDown = true;
        var call = Call();
        await _recorder.RecordAsync([call]).Soon();
        _store.IsDown = false;

        await _recorder.DisposeAsync();

        _store.Calls.ShouldBe([call]);
    }

    [Test]
    public async Task A_database_that_hangs_delays_nobody_for_longer_than_a_second()
    {
        _store.Gate = new TaskCompletionSource();

        var recording = _recorder.RecordAsync([Call()]);
        await _clock.NextWaitAsync(wait => wait == TimeSpan.FromSeconds(1)).Soon();
        recording.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await recording.Soon();
        _store.Gate.SetResult();
        await Eventually.Holds(() => _store.Calls.Count == 1);
    }

    [Test]
    public async Task The_number_of_calls_that_wait_is_bounded()
    {
        _store.IsDown = true;
        await _recorder.RecordAsync([.. Enumerable.Repeat(Call(), UsageRecorder.MaxWaiting)]).Soon();
        await _recorder.RecordAsync([Call()]).Soon();
        _store.IsDown = false;

        await _recorder.WriteAsync(default).Soon();

        _store.Calls.Count.ShouldBe(UsageRecorder.MaxWaiting);
    }

    public ValueTask DisposeAsync() => _recorder.DisposeAsync();

    private UsageRecord Call() =>
        UsageRecord.Of(
            new UsageSubject("me"),
            new CallUsage(UsageOperation.Chat, "openrouter", "one", "completed"),
            _clock.GetUtcNow()
        );

    private sealed class Store : IUsageStore
    {
        public volatile bool IsDown;

        public TaskCompletionSource? Gate { get; set; }

        public List<UsageRecord> Calls { get; } = [];

        public async Task AddAsync(IReadOnlyCollection<WaitingCall> calls, CancellationToken cancellationToken)
        {
            if (IsDown)
                throw new DatabaseUnavailableException("The database cannot be reached.");
            await (Gate?.Task ?? Task.CompletedTask);
            Calls.AddRange(calls.Select(one => one.Call));
        }

        public Task<int> RollUpAsync(int most, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
