using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// Writes events on a separate thread, so that logging never blocks. If the output is slow or fails, events are dropped and
/// counted, and the log reports their number as soon as it can be written again.
/// </summary>
internal sealed class BoundedSink : ILogEventSink, IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "QrAi.Logging";

    /// <summary>The default capacity of the queue: about 10 MiB, and several seconds of a busy log.</summary>
    public const int DefaultCapacity = 10_000;

    /// <summary>How long the end of the process waits for queued events.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(3);

    private static readonly Meter Metrics = new(MeterName);
    private static readonly Counter<long> DroppedEvents = Metrics.CreateCounter<long>(
        "qrai.log.dropped",
        "{event}",
        "Log events that could not be written."
    );
    private static readonly MessageTemplate DroppedMessage = new MessageTemplateParser().Parse(
        "{Dropped} log events could not be written"
    );

    private readonly ILogEventSink _inner;
    private readonly TimeProvider _clock;
    private readonly BlockingCollection<LogEvent> _queue;
    private readonly Thread _writer;
    private long _dropped;

    /// <summary>Starts the writer.</summary>
    /// <param name="inner">Writes one event; it may block and throw.</param>
    /// <param name="clock">The time of events about dropped events.</param>
    /// <param name="capacity">The maximum number of queued events.</param>
    public BoundedSink(ILogEventSink inner, TimeProvider clock, int capacity = DefaultCapacity)
    {
        (_inner, _clock, _queue) = (inner, clock, new BlockingCollection<LogEvent>(capacity));
        // A background thread: an output without a reader blocks a write forever, which must not block the process's end.
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _writer.Start();
        AppDomain.CurrentDomain.UnhandledException += FlushAtCrash;
    }

    /// <summary>The number of dropped events that the log has not reported yet.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Emit(LogEvent logEvent)
    {
        try
        {
            if (_queue.TryAdd(logEvent))
                return;
        }
        catch (InvalidOperationException)
        {
            // The sink is disposed.
        }

        Drop(1);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= FlushAtCrash;
        _queue.CompleteAdding();
        // A writer that is blocked ends with the process, and needs its queue until then.
        if (_writer.Join(FlushTimeout))
            _queue.Dispose();
        (_inner as IDisposable)?.Dispose();
    }

    private void FlushAtCrash(object sender, UnhandledExceptionEventArgs crash) => Dispose();

    private void WriteAll()
    {
        foreach (var logEvent in _queue.GetConsumingEnumerable())
        {
            if (!TryWrite(logEvent))
                Drop(1);
            else if (Dropped is > 0 and var dropped && TryWrite(CreateDroppedEvent(dropped)))
                Interlocked.Add(ref _dropped, -dropped);
        }
    }

    private bool TryWrite(LogEvent logEvent)
    {
        try
        {
            _inner.Emit(logEvent);
            return true;
        }
        catch (Exception)
        {
            // A failure of the log cannot be logged; the event is counted.
            return false;
        }
    }

    private void Drop(int count)
    {
        Interlocked.Add(ref _dropped, count);
        DroppedEvents.Add(count);
    }

    private LogEvent CreateDroppedEvent(long dropped) =>
        new(
            _clock.GetUtcNow(),
            LogEventLevel.Warning,
            exception: null,
            DroppedMessage,
            [new LogEventProperty("Dropped", new ScalarValue(dropped))]
        );
}
