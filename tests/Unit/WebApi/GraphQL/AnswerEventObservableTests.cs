using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Domain.Sessions;
using QrAi.WebApi.GraphQL;

namespace QrAi.Tests.Unit.WebApi.GraphQL;

public sealed class AnswerEventObservableTests : IDisposable
{
    private const int MaxWaiting = 4;

    private static readonly GenerationEnd Completed = new(
        MessageStatus.Completed,
        TestClock.Noon,
        null,
        null,
        [],
        null
    );

    private readonly Generation _answer = new(
        new GenerationIdentity(
            Guid.CreateVersion7(),
            "me",
            TestClock.Noon,
            Guid.CreateVersion7(),
            Guid.CreateVersion7()
        )
    );

    private readonly SubscriptionFlow _flow = new();
    private readonly CancellationTokenSource _left = new();
    private readonly Subscriber _subscriber = new();

    [TearDown]
    public void Dispose()
    {
        _flow.Dispose();
        _left.Dispose();
    }

    [Test]
    public async Task A_subscriber_receives_everything_up_to_the_end()
    {
        _answer.Begin("openrouter", "model");
        _answer.Append("Tokyo.");
        _answer.Finish(Completed);
        using var following = await SubscribeAsync();
        await _subscriber.Over.Soon();

        _subscriber.Events.Select(one => one.Id).ShouldBe(["1", "1.6", "1.6.end"]);
        _subscriber.Events[0].ShouldBeOfType<AnswerEvent.Started>().Answer.ShouldBe(_answer.Identity);
        _subscriber.Events[1].ShouldBe(new AnswerEvent.Delta("1.6", "Tokyo."));
        _subscriber.Events[2].ShouldBeOfType<AnswerEvent.Completed>().Answer.Content.ShouldBe("Tokyo.");
    }

    [Test]
    public async Task A_restart_and_a_failure_are_sent()
    {
        using var following = await SubscribeAsync(new Position(1, 3));
        _answer.Enter(2, takeovers: 1, "google-ai", "model");
        await Eventually.Holds(() => _subscriber.Events.Count == 1);
        _answer.Finish(
            Completed with
            {
                Status = MessageStatus.Failed,
                Error = new AnswerError("provider_failed", "No."),
            }
        );
        await _subscriber.Over.Soon();

        var restarted = _subscriber.Events[0].ShouldBeOfType<AnswerEvent.Restarted>();
        (restarted.Id, restarted.Reason, restarted.Start.Provider).ShouldBe(
            ("2", RestartReason.Interrupted, "google-ai")
        );
        _subscriber.Events[1].ShouldBeOfType<AnswerEvent.Failed>().Answer.Error!.Code.ShouldBe("provider_failed");
    }

    [Test]
    public async Task Text_that_arrives_while_a_subscriber_does_not_read_is_one_event()
    {
        using var following = await SubscribeAsync();
        _answer.Begin("openrouter", "model");
        for (var events = 1; events <= MaxWaiting; events++)
        {
            await Eventually.Holds(() => _subscriber.Events.Count == events);
            if (events < MaxWaiting)
                _answer.Append("x");
        }

        for (var token = 0; token < 100; token++)
            _answer.Append("y");
        _subscriber.Events.Count.ShouldBe(MaxWaiting);
        _flow.MakeRoom();

        await Eventually.Holds(() => _subscriber.Events.Count == MaxWaiting + 1);
        _subscriber.Events[^1].ShouldBe(new AnswerEvent.Delta("1.103", new string('y', 100)));
    }

    [Test]
    public async Task An_exception_is_sent_as_an_error()
    {
        using var following = await SubscribeAsync();
        _answer.Break(new ShuttingDownException());

        await Should.ThrowAsync<ShuttingDownException>(_subscriber.Over.Soon());
    }

    [Test]
    public async Task A_subscriber_that_leaves_no_longer_follows()
    {
        using var following = await SubscribeAsync();
        await _left.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(_subscriber.Over.Soon());
    }

    [Test]
    public async Task An_answer_that_is_not_found_is_an_error_of_the_operation() =>
        await Should.ThrowAsync<NotFoundException>(
            AnswerEventObservable.BeginAsync(
                Task.FromException<Follower>(new NotFoundException("answer", Guid.Empty)),
                _flow,
                _left.Token
            )
        );

    private async Task<IDisposable> SubscribeAsync(Position after = default)
    {
        var follower = new Follower(new HeldGeneration(_answer), after);
        return (await AnswerEventObservable.BeginAsync(Task.FromResult(follower), _flow, _left.Token)).Subscribe(
            _subscriber
        );
    }

    private sealed class Subscriber : IObserver<AnswerEvent?>
    {
        private readonly List<AnswerEvent> _events = [];
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<AnswerEvent> Events
        {
            get
            {
                lock (_events)
                    return [.. _events];
            }
        }

        public Task Over => _over.Task;

        public void OnNext(AnswerEvent? value)
        {
            lock (_events)
                _events.Add(value!);
        }

        public void OnError(Exception error) => _over.SetException(error);

        public void OnCompleted() => _over.SetResult();
    }
}
