using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace QrAi.Application.Completions;

/// <summary>
/// A completion that is made apart from the request that asked for it first, for any number of followers at any pace.
/// </summary>
internal sealed class CompletionRun : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<CompletionPart> _parts = [];
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isWhole;
    private bool _disposed;
    private Exception? _failure;

    /// <summary>Ends when the service stops.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Ends when it is made and kept, well or not.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Stops it, as the service stops.</summary>
    public void Stop()
    {
        lock (_gate)
            if (!_disposed)
                _ = _stop.CancelAsync(); // its callbacks run elsewhere, not under the lock
    }

    /// <summary>Tells the followers more.</summary>
    public void Append(CompletionPart part) => Change(() => _parts.Add(part));

    /// <summary>Tells the followers that nothing more comes.</summary>
    /// <param name="failure">Why not, if it is not whole.</param>
    public void Close(Exception? failure) => Change(() => (_isWhole, _failure) = (true, failure));

    /// <summary>Says that it is kept, well or not.</summary>
    public void SetEnded() => _ended.SetResult();

    /// <summary>All parts, from the first to the last.</summary>
    public async IAsyncEnumerable<CompletionPart> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var next = 0; ; )
        {
            CompletionPart? part = null;
            var isWhole = false;
            Exception? failure = null;
            Task more;
            lock (_gate)
            {
                more = _more.Task;
                if (next < _parts.Count)
                    part = _parts[next];
                else
                    (isWhole, failure) = (_isWhole, _failure);
            }

            if (failure is not null)
                ExceptionDispatchInfo.Throw(failure);
            if (isWhole)
                yield break;
            if (part is null)
            {
                await more.WaitAsync(cancellationToken);
                continue;
            }

            yield return part;
            next++;
        }
    }

    /// <summary>Nobody makes it any more; followers read on to the end.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _stop.Dispose();
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            change();
            (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        more.SetResult();
    }
}
