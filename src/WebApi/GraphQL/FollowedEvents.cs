using QrAi.Application.Answers;

namespace QrAi.WebApi.GraphQL;

/// <summary>An answer's events as the executer wants them. One observer may follow them, once.</summary>
internal sealed class FollowedEvents : IObservable<NumberedAnswerEvent>
{
    private readonly IAsyncEnumerator<NumberedAnswerEvent> _events;
    private readonly bool _any;

    private FollowedEvents(IAsyncEnumerator<NumberedAnswerEvent> events, bool any) => (_events, _any) = (events, any);

    /// <summary>Waits for the first event, so that what goes wrong before it is an error of the operation itself.</summary>
    public static async Task<IObservable<NumberedAnswerEvent>> BeginAsync(
        IAsyncEnumerable<NumberedAnswerEvent> events,
        CancellationToken cancellationToken
    )
    {
        var enumerator = events.GetAsyncEnumerator(cancellationToken);
        try
        {
            return new FollowedEvents(enumerator, await enumerator.MoveNextAsync());
        }
        catch
        {
            await enumerator.DisposeAsync();
            throw;
        }
    }

    /// <summary>Follows. The events end when the request does, whose token they go by.</summary>
    public IDisposable Subscribe(IObserver<NumberedAnswerEvent> observer)
    {
        var following = new Following();
        _ = PassOnAsync(observer, following);
        return following;
    }

    private async Task PassOnAsync(IObserver<NumberedAnswerEvent> observer, Following following)
    {
        await Task.Yield(); // the observer has to know how to stop before the first event comes
        try
        {
            await using var events = _events;
            for (var more = _any; more && !following.IsOver; more = await events.MoveNextAsync())
                observer.OnNext(events.Current);
            observer.OnCompleted();
        }
        catch (Exception exception)
        {
            observer.OnError(exception);
        }
    }

    private sealed class Following : IDisposable
    {
        private volatile bool _over;

        public bool IsOver => _over;

        public void Dispose() => _over = true;
    }
}
