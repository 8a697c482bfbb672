using QrAi.Application.Generations;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// An answer's events as an observable, for one observer. Events are created when there is room for their results; text
/// that arrives meanwhile is one event, so that a slow subscriber needs no buffer.
/// </summary>
internal sealed class AnswerEventObservable : IObservable<AnswerEvent?>
{
    private readonly Follower _follower;
    private readonly AnswerEventCollector _events;
    private readonly SubscriptionFlow _flow;
    private readonly CancellationToken _disconnected;

    private AnswerEventObservable(Follower follower, SubscriptionFlow flow, CancellationToken disconnected) =>
        (_follower, _events, _flow, _disconnected) = (follower, new AnswerEventCollector(follower), flow, disconnected);

    /// <summary>Follows an answer; a failure before its first event is an error of the operation.</summary>
    /// <param name="following">Finds the answer.</param>
    /// <param name="flow">Limits the results that wait to be sent.</param>
    /// <param name="disconnected">Cancelled when the subscriber disconnects.</param>
    public static async Task<IObservable<AnswerEvent?>> BeginAsync(
        Task<Follower> following,
        SubscriptionFlow flow,
        CancellationToken disconnected
    ) => new AnswerEventObservable(await following, flow, disconnected);

    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<AnswerEvent?> observer)
    {
        var following = new Following();
        _ = PassOnAsync(observer, following);
        return following;
    }

    private async Task PassOnAsync(IObserver<AnswerEvent?> observer, Following following)
    {
        await Task.Yield(); // the observer needs the subscription before the first event
        try
        {
            using var follower = _follower;
            while (!following.IsOver)
            {
                await _flow.WaitForRoomAsync(_disconnected);
                if (await NextAsync() is not { } next)
                    break;
                observer.OnNext(next);
            }

            observer.OnCompleted();
        }
        catch (Exception exception)
        {
            observer.OnError(exception);
        }
    }

    /// <summary>The next event; null after the last one.</summary>
    private async Task<AnswerEvent?> NextAsync()
    {
        while (true)
        {
            if (_events.Take() is { } next)
                return next;
            if (_follower.IsOver)
                return null;
            if (!_follower.Write(_events) && !_events.HasAny)
                await _follower.WaitAsync(_disconnected);
        }
    }

    private sealed class Following : IDisposable
    {
        private volatile bool _over;

        public bool IsOver => _over;

        public void Dispose() => _over = true;
    }
}
