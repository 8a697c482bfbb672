using System.Collections.Concurrent;
using System.Globalization;
using QrAi.Infrastructure.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Parsing;

namespace QrAi.Tests.Unit.Infrastructure.Logging;

public sealed class BoundedSinkTests
{
    private readonly TestClock _clock = new();

    [Test]
    public void Everything_is_written_in_order_by_the_end()
    {
        var output = new Output();
        using (var sink = new BoundedSink(output, _clock))
            for (var i = 0; i < 1_000; i++)
                sink.Emit(Event($"line {i}"));

        output.Written.ShouldBe(Enumerable.Range(0, 1_000).Select(i => $"line {i}"));
    }

    [Test]
    public async Task Logging_does_not_wait_for_an_output_that_hangs_and_dropped_events_are_counted_when_it_continues()
    {
        var output = new Output { Hangs = true };
        using var sink = new BoundedSink(output, _clock, capacity: 10);
        sink.Emit(Event("first"));
        await output.Hung.WaitAsync(Eventually.DefaultLimit);

        for (var i = 0; i < 50; i++)
            sink.Emit(Event($"line {i}"));

        sink.Dropped.ShouldBe(40);
        output.Resume();
        await Eventually.Holds(() => output.Written.Contains("line 9"));
        output.Written.ShouldBe([
            "first",
            "40 log events could not be written",
            .. Enumerable.Range(0, 10).Select(i => $"line {i}"),
        ]);
        sink.Dropped.ShouldBe(0);
    }

    [Test]
    public async Task A_failed_output_is_retried_and_lost_events_are_counted()
    {
        var output = new Output { Fails = true };
        using var sink = new BoundedSink(output, _clock);
        sink.Emit(Event("lost"));
        sink.Emit(Event("lost too"));
        await Eventually.Holds(() => sink.Dropped == 2);

        output.Fails = false;
        sink.Emit(Event("there"));

        await Eventually.Holds(() => output.Written.Count == 2);
        output.Written.ShouldBe(["there", "2 log events could not be written"]);
    }

    [Test]
    public async Task Disposal_waits_only_briefly_for_an_output_that_hangs()
    {
        var output = new Output { Hangs = true };
        var sink = new BoundedSink(output, _clock);
        sink.Emit(Event("first"));
        await output.Hung.WaitAsync(Eventually.DefaultLimit);

        await Task.Run(sink.Dispose).WaitAsync(BoundedSink.FlushTimeout * 10);

        output.Resume();
    }

    [Test]
    public void Events_after_disposal_are_dropped_without_an_error()
    {
        var sink = new BoundedSink(new Output(), _clock);
        sink.Dispose();

        sink.Emit(Event("late"));

        sink.Dropped.ShouldBe(1);
    }

    private static LogEvent Event(string text) =>
        new(DateTimeOffset.UnixEpoch, LogEventLevel.Information, null, new MessageTemplateParser().Parse(text), []);

    private sealed class Output : ILogEventSink
    {
        private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _resumed = new();
        private volatile bool _fails;

        public ConcurrentQueue<string> Written { get; } = new();

        public bool Hangs { get; init; }

        public bool Fails
        {
            get => _fails;
            set => _fails = value;
        }

        public Task Hung => _hung.Task;

        public void Resume() => _resumed.TrySetResult();

        public void Emit(LogEvent logEvent)
        {
            if (Fails)
                throw new IOException("No space left on device");
            if (Hangs)
            {
                _hung.TrySetResult();
                _resumed.Task.GetAwaiter().GetResult();
            }

            Written.Enqueue(logEvent.RenderMessage(CultureInfo.InvariantCulture));
        }
    }
}
