using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Backups;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;
using QrAi.Domain.Sessions;

namespace QrAi.Application.OwnerData;

/// <summary>
/// Deletes everything that belongs to the owner of the scope, and then counts what is left. Answers that are being generated are
/// cancelled. It can be repeated.
/// </summary>
/// <param name="KeepsUsage">Whether the usage of providers is kept, without the name of the owner and what it refers to.</param>
public sealed record EraseOwner(bool KeepsUsage = false) : IRequest<ErasedOwner>;

/// <summary>The result of an erasure.</summary>
/// <param name="Before">The rows of the owner before it, in every table that names owners.</param>
/// <param name="Left">The rows that have been added meanwhile; empty if the owner has nothing.</param>
/// <param name="CanReturn">Whether callers can still authenticate as the owner, as no key of this service gives them access.</param>
/// <param name="BackupRetention">The number of backups that are retained.</param>
/// <param name="BackedUpUntil">When the last backup with the data expires, if backups are created as scheduled.</param>
public sealed record ErasedOwner(
    IReadOnlyList<OwnedRows> Before,
    IReadOnlyList<OwnedRows> Left,
    bool CanReturn,
    string BackupRetention,
    DateTimeOffset BackedUpUntil
);

internal sealed class EraseOwnerHandler(
    IOwnedTables tables,
    IQrAiDbContextFactory databases,
    CurrentCaller caller,
    BackupRetention retention,
    TimeProvider clock
) : IRequestHandler<EraseOwner, ErasedOwner>
{
    /// <summary>What requests add that were accepted before the keys were deleted is deleted by the next pass.</summary>
    private const int MaxPasses = 3;

    private const int Batch = 500;

    /// <summary>Another process notices within a second that an answer was deleted.</summary>
    private static readonly TimeSpan _stopWait = TimeSpan.FromSeconds(2);

    public async Task<ErasedOwner> Handle(EraseOwner request, CancellationToken cancellationToken)
    {
        var owner = caller.Owner;
        var before = await tables.CountAsync(owner, cancellationToken);
        if (before.All(rows => rows.Count == 0))
            throw NotFoundException.OfOwner(owner);

        await RefuseKeysAsync(owner, cancellationToken);
        await StopAnswersAsync(owner, cancellationToken);
        var left = before;
        for (var pass = 1; pass <= MaxPasses && left.Any(rows => rows.Count > 0); pass++)
        {
            if (request.KeepsUsage)
                await DetachUsageAsync(owner, cancellationToken);
            await tables.DeleteAsync(owner, cancellationToken);
            left = await tables.CountAsync(owner, cancellationToken);
        }

        return new ErasedOwner(
            before,
            [.. left.Where(rows => rows.Count > 0)],
            CanReturn: owner == Owners.Unauthenticated || !Owners.CanHaveKeys(owner),
            retention.ToString(),
            retention.LastExpiry(clock.GetUtcNow())
        );
    }

    /// <summary>Stops the answers that are being generated, and waits until their calls of providers are stored.</summary>
    private async Task StopAnswersAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        var open = database.Sessions.Where(session =>
            database.Messages.Any(message =>
                message.SessionId == session.Id && message.Status == MessageStatus.Generating
            )
        );
        if (await open.ExecuteDeleteAsync(cancellationToken) > 0)
            await Task.Delay(_stopWait, clock, cancellationToken);
    }

    /// <summary>Gives the calls of providers another owner. The sums of days are made again from them.</summary>
    private async Task DetachUsageAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        int detached;
        do detached = await database
            .UsageRecords.OrderBy(call => call.Id)
            .Take(Batch)
            .ExecuteUpdateAsync(
                call =>
                    call.SetProperty(one => one.Owner, Owners.Erased)
                        .SetProperty(one => one.KeyId, (Guid?)null)
                        .SetProperty(one => one.SessionId, (Guid?)null)
                        .SetProperty(one => one.AnswerId, (Guid?)null)
                        .SetProperty(one => one.IsRolledUp, false),
                cancellationToken
            );
        while (detached == Batch);
    }

    /// <summary>Deletes the keys first, and waits until every process refuses them, so that their callers add nothing.</summary>
    private async Task RefuseKeysAsync(string owner, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(owner);
        var keys = database.ApiKeys.Where(key => key.Owner == owner);
        if (await keys.ExecuteDeleteAsync(cancellationToken) > 0)
            await Task.Delay(ApiKeyCache.Lifetime, clock, cancellationToken);
    }
}
