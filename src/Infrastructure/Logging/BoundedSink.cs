using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace QrAi.Infrastructure.Logging;

/// <summary>
/// Writes from a thread of its own. Whoever logs never waits: when the output is slow or cannot be written, events are
/// dropped and counted, and the log says how many as soon as it can be written again.
/// </summary>
internal sealed class BoundedSink : ILogEventSink, IDisposable
{
    /// <summary>The name that its metric is listened to by.</summary>
    public const string MeterName = "QrAi.Logging";

    /// <summary>Events that may wait: some 10 MiB, and seconds of the busiest log.</summary>
    public const int DefaultCapacity = 10_000;

    /// <summary>How long the end of the process waits for what has been logged.</summary>
    public static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(3);

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

    /// <summary>Begins.</summary>
    /// <param name="inner">Writes one event; it may take its time, and throw.</param>
    /// <param name="clock">The time of what it says itself.</param>
    /// <param name="capacity">How many events may wait.</param>
    public BoundedSink(ILogEventSink inner, TimeProvider clock, int capacity = DefaultCapacity)
    {
        (_inner, _clock, _queue) = (inner, clock, new BlockingCollection<LogEvent>(capacity));
        // In the background: an output that nobody reads holds a write for ever, which must not hold the process.
        _writer = new Thread(WriteAll) { IsBackground = true, Name = "log" };
        _writer.Start();
        AppDomain.CurrentDomain.UnhandledException += FlushAtCrash;
    }

    /// <summary>Events that were dropped, and that the log has not told of yet.</summary>
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
            // Logged after the end.
        }

        Drop(1);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= FlushAtCrash;
        _queue.CompleteAdding();
        // One that is still within a write is left to the end of the process, with the queue that it reads from.
        if (_writer.Join(FlushTime))
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
            else if (Dropped is > 0 and var dropped && TryWrite(Tell(dropped)))
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
            // There is nowhere to say why: the count is what is left of it.
            return false;
        }
    }

    private void Drop(int count)
    {
        Interlocked.Add(ref _dropped, count);
        DroppedEvents.Add(count);
    }

    private LogEvent Tell(long dropped) =>
        new(
            _clock.GetUtcNow(),
            LogEventLevel.Warning,
            exception: null,
            DroppedMessage,
            [new LogEventProperty("Dropped", new ScalarValue(dropped))]
        );
}
