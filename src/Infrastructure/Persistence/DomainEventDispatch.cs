using MediatR;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using QrAi.Domain.Events;

namespace QrAi.Infrastructure.Persistence;

/// <summary>Tells what happened in the aggregates, once it is saved.</summary>
internal sealed class DomainEventDispatch(IPublisher publisher, ILogger<DomainEventDispatch> logger)
    : SaveChangesInterceptor
{
    public override async ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        // Everything has just been saved: there is nothing to detect.
        var tracker = eventData.Context!.ChangeTracker;
        tracker.AutoDetectChangesEnabled = false;
        var roots = tracker.Entries<AggregateRoot>().ToList();
        tracker.AutoDetectChangesEnabled = true;

        foreach (var entry in roots)
        {
            var events = entry.Entity.Events;
            if (events.Count == 0)
                continue;

            var happened = events.ToArray();
            entry.Entity.ClearEvents();
            foreach (var notification in happened)
                await PublishAsync(notification);
        }

        return result;
    }

    private async Task PublishAsync(INotification notification)
    {
        try
        {
            await publisher.Publish((object)notification, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // It has happened and is saved: a listener's fault must not make the save look failed.
            logger.LogError(exception, "A listener failed on {Event}", notification.GetType().Name);
        }
    }
}
