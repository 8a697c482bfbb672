using MediatR;

namespace QrAi.Domain.Events;

/// <summary>The one object through which a cluster of objects changes, and which says what happened to it.</summary>
public abstract class AggregateRoot
{
    private readonly List<INotification> _events = [];

    /// <summary>What has happened since the last save, in order.</summary>
    public IReadOnlyCollection<INotification> Events => _events;

    /// <summary>Forgets the events, once they have been told.</summary>
    public void ClearEvents() => _events.Clear();

    /// <summary>Notes that something happened; it is told after the save.</summary>
    /// <param name="happened">A sealed record of values.</param>
    protected void Raise(INotification happened) => _events.Add(happened);
}
