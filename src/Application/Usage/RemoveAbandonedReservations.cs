using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Usage;

/// <summary>
/// Removes reservations that could not be removed when their answer ended, as the database was unavailable. Those of a dead worker
/// go with it.
/// </summary>
/// <returns>How many.</returns>
public sealed record RemoveAbandonedReservations : IRequest<int>;

internal sealed class RemoveAbandonedReservationsHandler(
    IQrAiDbContextFactory databases,
    GenerationOptions options,
    TimeProvider clock
) : IRequestHandler<RemoveAbandonedReservations, int>
{
    /// <summary>The time for saving the end of an answer.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public async Task<int> Handle(RemoveAbandonedReservations request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateForService();
        var end = clock.Now() - options.TotalTime - Grace;
        return await database
            .Reservations.IgnoreQueryFilters([IQrAiDbContext.OwnerFilter])
            .Where(reservation =>
                reservation.CreatedAt < end
                && !database
                    .Messages.IgnoreQueryFilters(new[] { IQrAiDbContext.OwnerFilter })
                    .Any(message => message.Id == reservation.Id && message.Status == MessageStatus.Generating)
            )
            .ExecuteDeleteAsync(cancellationToken);
    }
}
