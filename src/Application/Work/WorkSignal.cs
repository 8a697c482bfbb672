using System.Threading.Channels;

namespace QrAi.Application.Work;

/// <summary>
/// Tells a job of this process that there is work of a kind, which it would find after its pause. Without a job, and for work
/// that other processes add, it has no effect.
/// </summary>
/// <typeparam name="TWork">The kind of work.</typeparam>
public sealed class WorkSignal<TWork>
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Tells that there is work. Several signals that nobody has waited for are one.</summary>
    public void Raise() => _signals.Writer.TryWrite(true);

    /// <summary>Completes when there is work. One of several that wait is told.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task WaitAsync(CancellationToken cancellationToken) =>
        await _signals.Reader.ReadAsync(cancellationToken);
}
