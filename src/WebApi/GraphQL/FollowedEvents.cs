using QrAi.Application.Generations;

namespace QrAi.WebApi.GraphQL;

/// <summary>
/// An answer's events as the executer wants them. One observer may follow them, once. Events are made when there is room
/// for their results: what comes meanwhile is one event, so that a subscriber who does not read costs nothing.
/// </summary>
internal sealed class FollowedEvents : IObservable<AnswerEvent?>
{
    private readonly Follower _follower;
    private readonly AnswerEventCollector _events;
    private readonly SubscriptionFlow _flow;
    private readonly CancellationToken _left;

    private FollowedEvents(Follower follower, SubscriptionFlow flow, CancellationToken left) =>
        (_follower, _events, _flow, _left) = (follower, new AnswerEventCollector(follower), flow, left);

    /// <summary>Follows an answer; what goes wrong before its first event is an error of the operation itself.</summary>
    /// <param name="following">Finds the answer.</param>
    /// <param name="flow">Says when there is room for a result.</param>
    /// <param name="left">Ends when the subscriber leaves.</param>
    public static async Task<IObservable<AnswerEvent?>> BeginAsync(
        Task<Follower> following,
        SubscriptionFlow flow,
        CancellationToken left
    ) => new FollowedEvents(await following, flow, left);

    /// <summary>Follows.</summary>
    public IDisposable Subscribe(IObserver<AnswerEvent?> observer)
    {
        var following = new Following();
        _ = PassOnAsync(observer, following);
        return following;
    }

    private async Task PassOnAsync(IObserver<AnswerEvent?> observer, Following following)
    {
        await Task.Yield(); // the observer has to know how to stop before the first event comes
        try
        {
            using var follower = _follower;
            while (!following.IsOver)
            {
                await _flow.WaitForRoomAsync(_left);
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
                await _follower.WaitAsync(_left);
        }
    }

    private sealed class Following : IDisposable
    {
        private volatile bool _over;

        public bool IsOver => _over;

        public void Dispose() => _over = true;
    }
}
