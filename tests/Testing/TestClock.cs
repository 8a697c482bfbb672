using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace QrAi.Tests.Testing;

/// <summary>A clock that only a test advances, and that reports the started waits.</summary>
/// <param name="start">Its initial time; by default <see cref="Noon"/>.</param>
public sealed class TestClock(DateTimeOffset? start = null) : FakeTimeProvider(start ?? Noon)
{
    /// <summary>A fixed point in time.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(base.CreateTimer(callback, state, dueTime, period), Record);
        Record(dueTime);
        return timer;
    }

    /// <summary>Returns the next matching wait of the code under test; other waits are skipped.</summary>
    public async Task<TimeSpan> NextWaitAsync(Func<TimeSpan, bool> which)
    {
        while (true)
            if (await _started.Reader.ReadAsync() is var wait && which(wait))
                return wait;
    }

    /// <summary>Waits until the code waits for exactly this time, and advances the clock by it.</summary>
    public async Task PassAsync(TimeSpan wait) => Advance(await NextWaitAsync(started => started == wait));

    private void Record(TimeSpan dueTime)
    {
        if (dueTime > TimeSpan.Zero)
            _started.Writer.TryWrite(dueTime);
    }

    private sealed class Timer(ITimer inner, Action<TimeSpan> record) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            record(dueTime);
            return changed;
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
