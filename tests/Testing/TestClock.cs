using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace QrAi.Tests.Testing;

/// <summary>A clock that stands still until a test moves it, and that tells which waits have begun.</summary>
/// <param name="start">What it shows at first; <see cref="Noon"/> where it is not given.</param>
public sealed class TestClock(DateTimeOffset? start = null) : FakeTimeProvider(start ?? Noon)
{
    /// <summary>A time to count from.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly Channel<TimeSpan> _begun = Channel.CreateUnbounded<TimeSpan>();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(base.CreateTimer(callback, state, dueTime, period), Begin);
        Begin(dueTime);
        return timer;
    }

    /// <summary>Ends when the code waits for a time, and says for how long; waits of other kinds are passed over.</summary>
    public async Task<TimeSpan> NextWaitAsync(Func<TimeSpan, bool> which)
    {
        while (true)
            if (await _begun.Reader.ReadAsync() is var wait && which(wait))
                return wait;
    }

    /// <summary>Ends when the code waits for exactly this time, and lets it pass.</summary>
    public async Task PassAsync(TimeSpan wait) => Advance(await NextWaitAsync(begun => begun == wait));

    private void Begin(TimeSpan dueTime)
    {
        if (dueTime > TimeSpan.Zero)
            _begun.Writer.TryWrite(dueTime);
    }

    private sealed class Timer(ITimer inner, Action<TimeSpan> begin) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            begin(dueTime);
            return changed;
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
