using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using QrAi.Application.Answers;
using QrAi.Domain.Sessions;

namespace QrAi.Tests.Unit.Application.Answers;

public sealed class RecordAnswerEndedTests
{
    private readonly ListLog _log = new();

    [Test]
    public async Task The_log_states_which_answer_ended_how_and_what_it_used()
    {
        var ended = await RecordAsync(MessageStatus.Completed, error: null);

        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Information);
        line.Message.ShouldBe(
            $"Answer {ended.AnswerId} of session {ended.SessionId} Completed by openrouter some/model: attempts 2, "
                + "tokens 9, 3000 ms"
        );
    }

    [Test]
    public async Task An_answer_that_failed_is_a_warning_with_its_code()
    {
        var ended = await RecordAsync(MessageStatus.Failed, "provider_failed");

        var line = _log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Warning);
        line.Message.ShouldBe(
            $"Answer {ended.AnswerId} of session {ended.SessionId} failed, provider_failed: attempts 2, 3000 ms"
        );
    }

    [TestCase(MessageStatus.Completed, null, "completed")]
    [TestCase(MessageStatus.Failed, "provider_failed", "failed")]
    [TestCase(MessageStatus.Cancelled, null, "cancelled")]
    public async Task Count_and_duration_are_measured_by_provider_and_outcome(
        MessageStatus status,
        string? error,
        string outcome
    )
    {
        // Other tests record measurements at the same time. A unique provider identifies those of this test.
        var provider = $"provider-{Guid.CreateVersion7()}";
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "QrAi.Answers")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(Record);
        listener.SetMeasurementEventCallback<double>(Record);
        listener.Start();

        await RecordAsync(status, error, provider);

        var tags = $"qrai.outcome={outcome}" + (error is null ? "" : $" error.type={error}");
        measured.ShouldBe([$"qrai.answers {{answer}} 1 {tags}", $"qrai.answer.duration s 3 {tags}"]);

        void Record<T>(
            Instrument instrument,
            T value,
            ReadOnlySpan<KeyValuePair<string, object?>> measuredTags,
            object? state
        )
        {
            var all = measuredTags.ToArray();
            if (all.Contains(new("qrai.provider", provider)))
                measured.Enqueue(
                    $"{instrument.Name} {instrument.Unit} {value} "
                        + string.Join(
                            ' ',
                            all.Where(tag => tag.Key != "qrai.provider").Select(tag => $"{tag.Key}={tag.Value}")
                        )
                );
        }
    }

    private async Task<AnswerEnded> RecordAsync(MessageStatus status, string? error, string provider = "openrouter")
    {
        using var loggers = new LoggerFactory([_log]);
        var ended = new AnswerEnded(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            status,
            provider,
            "some/model",
            9,
            2,
            TimeSpan.FromSeconds(3),
            error
        );
        await new RecordAnswerEnded(loggers.CreateLogger<RecordAnswerEnded>()).Handle(ended, CancellationToken.None);
        return ended;
    }
}
