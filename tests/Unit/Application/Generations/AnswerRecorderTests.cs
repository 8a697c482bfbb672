using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Work;
using QrAi.Tests.Unit.Support.Generations;

namespace QrAi.Tests.Unit.Application.Generations;

/// <summary>Recording the progress of answers, and detecting interruptions.</summary>
public sealed class AnswerRecorderTests : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly TestClock _clock = new();
    private readonly ListLog _log = new();
    private readonly Store _store = new();
    private readonly RunningGenerations _running = new();
    private readonly Worker _worker;
    private readonly AnswerRecorder _recorder;
    private readonly TaskCompletionSource _end = new();

    public AnswerRecorderTests()
    {
        var loggers = new LoggerFactory([_log]);
        _worker = new Worker(
            Moq.Mock.Of<IWorkerStore>(),
            new ServiceCollection().BuildServiceProvider(),
            new WorkOptions(Service.Lease),
            _clock,
            loggers.CreateLogger<Worker>()
        );
        _recorder = new AnswerRecorder(_store, _worker, _clock, loggers.CreateLogger<AnswerRecorder>());
    }

    [TearDown]
    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Test]
    public void New_text_is_written_every_100_ms()
    {
        var answer = Start("Tok");
        _clock.Advance(Period - TimeSpan.FromMilliseconds(1));
        _store.Writes.ShouldBeEmpty();
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _store.Writes.ShouldHaveSingleItem().ShouldBe([PartOf(answer, 0, "Tok", first: true)]);
        answer.Generation.Append("yo");
        answer.Generation.Append(".");
        _clock.Advance(Period);

        _store.Writes.Count.ShouldBe(2);
        _store.Writes[1].ShouldBe([PartOf(answer, 3, "yo.")]);
        _store.Workers.ShouldAllBe(worker => worker == _worker.Id);
    }

    [Test]
    public void All_answers_are_written_by_one_statement()
    {
        var one = Start("One");
        var other = Start("Other");
        _clock.Advance(Period);

        _store
            .Writes.ShouldHaveSingleItem()
            .ShouldBe([PartOf(one, 0, "One", first: true), PartOf(other, 0, "Other", first: true)], ignoreOrder: true);
    }

    [Test]
    public async Task An_answer_that_ends_before_the_first_write_is_never_written()
    {
        var answer = Start("Tokyo.");

        (await _recorder.RemoveAsync(answer)).ShouldBeFalse();

        _clock.Advance(Period);
        _store.Writes.ShouldBeEmpty();
    }

    [Test]
    public void An_idle_answer_is_checked_every_500_ms()
    {
        var answer = Start("Tok");
        _clock.Advance(Period);
        for (var i = 0; i < 4; i++)
            _clock.Advance(Period);
        _store.Writes.Count.ShouldBe(1);
        _clock.Advance(Period);

        _store.Writes.Count.ShouldBe(2);
        _store.Writes[1].ShouldBe([PartOf(answer, 3, "")]);
    }

    [Test]
    public void A_start_is_written_even_without_text()
    {
        var answer = Start("");
        _clock.Advance(Period);
        _store.Writes.ShouldHaveSingleItem().ShouldBe([PartOf(answer, 0, "", first: true)]);
    }

    [Test]
    public void The_same_part_is_written_again_until_it_is_confirmed()
    {
        var answer = Start("Tok");
        _store.Fault = new DatabaseUnavailableException("The database did not answer in time.");
        _clock.Advance(Period);
        answer.Generation.Append("yo.");
        _clock.Advance(Period);
        _store.Fault = null;
        _clock.Advance(Period);
        _clock.Advance(Period);

        _store
            .Writes.Select(parts => parts.ShouldHaveSingleItem())
            .ShouldBe([
                PartOf(answer, 0, "Tok", first: true),
                PartOf(answer, 0, "Tok", first: true),
                PartOf(answer, 0, "Tok", first: true),
                PartOf(answer, 3, "yo."),
            ]);
    }

    [Test]
    public void An_unexpected_exception_is_logged_and_does_not_end_the_recording()
    {
        Start("Tok");
        _store.Fault = new InvalidOperationException("A fault.");
        _clock.Advance(Period);
        _store.Fault = null;
        _clock.Advance(Period);

        _store.Writes.Count.ShouldBe(2);
        _log.Lines.ShouldContain(line => line.Level == LogLevel.Error);
    }

    [Test]
    public void A_run_is_not_sent_to_followers_before_it_is_written()
    {
        var answer = Start("Osa");
        using var follower = new Follower(answer);
        _clock.Advance(Period);
        follower.ReadNow();
        answer.Generation.Begin("google-ai", "two");
        answer.Generation.Append("Tok");
        follower.ReadNow().ShouldBeEmpty();
        _clock.Advance(Period);

        follower.ReadNow().ShouldBe(["restarted 2 google-ai ProviderFailed", "2.3 Tok"]);
        _store
            .Writes[^1]
            .ShouldBe([PartOf(answer, 0, "Tok", first: true) with { Run = 2, Provider = "google-ai", Model = "two" }]);
    }

    [Test]
    public void A_part_of_a_discarded_run_is_confirmed_before_the_next_run_is_written()
    {
        var answer = Start("Osa");
        _store.Fault = new DatabaseUnavailableException("The database did not answer in time.");
        _clock.Advance(Period);
        answer.Generation.Begin("google-ai", "two");
        _store.Fault = null;
        _clock.Advance(Period);
        _clock.Advance(Period);

        _store.Writes.Select(parts => parts.ShouldHaveSingleItem().Run).ShouldBe([1, 1, 2]);
    }

    [Test]
    public async Task An_answer_that_another_process_took_over_is_lost_and_no_longer_written()
    {
        var answer = Start("Tok");
        _store.Interrupt = parts => [.. parts.Select(part => new AnswerInterruption(part.AnswerId, IsLost: true))];
        _clock.Advance(Period);

        answer.IsLost.ShouldBeTrue();
        answer.IsCancelled.ShouldBeFalse();
        answer.Generation.Read().Fault.ShouldBeOfType<AnswerMovedException>();
        answer.Generation.Append("yo.");
        _clock.Advance(Period);
        _store.Writes.Count.ShouldBe(1);
        (await _recorder.RemoveAsync(answer)).ShouldBeTrue("It was written once.");
    }

    [Test]
    public void An_answer_with_a_stop_request_is_cancelled()
    {
        var answer = Start("Tok");
        _store.Interrupt = parts => [.. parts.Select(part => new AnswerInterruption(part.AnswerId, IsLost: false))];
        _clock.Advance(Period);

        answer.IsCancelled.ShouldBeTrue();
        answer.IsLost.ShouldBeFalse();
    }

    [Test]
    public async Task Nothing_is_written_after_an_answer_was_removed()
    {
        var answer = Start("Tok");
        _clock.Advance(Period);
        answer.Generation.Append("yo.");

        (await _recorder.RemoveAsync(answer)).ShouldBeTrue();

        _clock.Advance(Period);
        _store.Writes.Count.ShouldBe(1);
    }

    [Test]
    public async Task Removing_waits_for_the_write_in_progress()
    {
        var answer = Start("Tok");
        _store.Hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _clock.Advance(Period);
        var removing = _recorder.RemoveAsync(answer).AsTask();
        removing.IsCompleted.ShouldBeFalse();

        _store.Hold.SetResult();

        (await removing.Soon()).ShouldBeTrue();
    }

    [Test]
    public async Task Removing_a_lost_answer_does_not_end_a_newer_recording_of_it()
    {
        var lost = Start("Osa");
        _store.Interrupt = parts => [.. parts.Select(part => new AnswerInterruption(part.AnswerId, IsLost: true))];
        _clock.Advance(Period);
        var again = Start("Tok", lost.Generation.Identity, takeovers: 2);
        _store.Interrupt = null;

        await _recorder.RemoveAsync(lost);

        _clock.Advance(Period);
        _store.Writes[^1].ShouldBe([PartOf(again, 0, "Tok", first: true) with { Takeovers = 2 }]);
    }

    [Test]
    public void A_long_text_is_written_in_parts_that_split_no_character()
    {
        const int MaxText = 256 * 1024;
        var text = new string('x', MaxText - 1) + "😀.";
        var answer = Start(text);
        _clock.Advance(Period);
        _clock.Advance(Period);

        _store
            .Writes.Select(parts => parts.ShouldHaveSingleItem())
            .ShouldBe([PartOf(answer, 0, text[..(MaxText - 1)], first: true), PartOf(answer, MaxText - 1, "😀.")]);
    }

    [Test]
    public async Task The_recording_ends_with_the_last_answer_and_begins_again_with_the_next()
    {
        await _recorder.RemoveAsync(Start("One"));
        _clock.Advance(Period);
        Start("Two");
        _clock.Advance(Period);

        _store.Writes.ShouldHaveSingleItem().ShouldHaveSingleItem().Text.ShouldBe("Two");
    }

    private RunningGeneration Start(string text, GenerationIdentity? identity = null, int takeovers = 0)
    {
        var answer = _running.Start(
            new Generation(
                identity
                    ?? new GenerationIdentity(
                        Guid.CreateVersion7(),
                        "me",
                        TestClock.Noon,
                        Guid.CreateVersion7(),
                        Guid.CreateVersion7()
                    )
            ),
            _ => _end.Task
        );
        _recorder.Add(answer, takeovers);
        answer.Generation.Begin("openrouter", "one");
        answer.Generation.Append(text);
        return answer;
    }

    private static AnswerPart PartOf(RunningGeneration answer, int start, string text, bool first = false) =>
        new(answer.Generation.Identity.Id, 0, 1, start, text, first, "openrouter", "one");

    /// <summary>Collects writes, and returns the interruptions that a test sets.</summary>
    private sealed class Store : IAnswerStore
    {
        public List<AnswerPart[]> Writes { get; } = [];

        public List<Guid> Workers { get; } = [];

        public Exception? Fault { get; set; }

        /// <summary>Completes the writes in progress; null if they complete immediately.</summary>
        public TaskCompletionSource? Hold { get; set; }

        /// <summary>Returns the interruptions; null for none.</summary>
        public Func<IEnumerable<AnswerPart>, IReadOnlyCollection<AnswerInterruption>>? Interrupt { get; set; }

        public async Task<IReadOnlyCollection<AnswerInterruption>> RecordAsync(
            Guid workerId,
            IReadOnlyCollection<AnswerPart> parts,
            CancellationToken cancellationToken
        )
        {
            Writes.Add([.. parts]);
            Workers.Add(workerId);
            if (Hold is { } hold)
                await hold.Task;
            return Fault is null ? Interrupt?.Invoke(parts) ?? [] : throw Fault;
        }

        public Task<IReadOnlyList<AnswerProgress>> ReadProgressAsync(
            IReadOnlyCollection<KeyValuePair<Guid, Position>> positions,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<IReadOnlyList<TakenAnswer>> TakeOverAsync(
            Guid workerId,
            IReadOnlyCollection<Guid> known,
            TimeSpan lease,
            int most,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task ReleaseAsync(
            Guid workerId,
            IReadOnlyCollection<Guid> answerIds,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task RequestStopAsync(Guid answerId, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
