using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>
/// Generates a completion once for its idempotency key: apart from the request, so that a repeated request attaches to it,
/// in this process or another, and stored for later ones.
/// </summary>
internal sealed class IdempotentCompletions(
    RunningGenerations running,
    CompletionGenerator generator,
    IdempotencyRecords records,
    IQrAiDbContextFactory databases,
    IWorkerStore workers,
    Worker worker,
    WorkOptions options,
    TimeProvider clock,
    ILogger<IdempotentCompletions> logger
)
{
    /// <summary>The maximum length of a stored completion. A longer one is sent and not stored, which frees its key.</summary>
    private const int MaxCharacters = 1_000_000;

    private const int MaxTries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxSaveWait = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<(string Owner, string Key), RunningGeneration> _running = new();

    /// <summary>Begins the completion of a key.</summary>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="chat">What to generate.</param>
    /// <param name="cancellationToken">Stops waiting until it has begun; then it goes on.</param>
    /// <exception cref="IdempotencyInProgressException">The key has a record already.</exception>
    public async Task<Follower> BeginAsync(
        string owner,
        IdempotencyKey key,
        CompleteChat chat,
        CancellationToken cancellationToken
    )
    {
        await worker.RegisterAsync(cancellationToken);
        return Start(await LeaseAsync(owner, key), chat);
    }

    /// <summary>
    /// Follows the completion of a key that was begun before, wherever it is generated, and generates it again if its process
    /// died or it failed.
    /// </summary>
    /// <param name="owner">The owner of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="earlier">The record of the key.</param>
    /// <param name="chat">What to generate.</param>
    /// <param name="cancellationToken">Stops waiting; the completion goes on.</param>
    public async Task<Follower> AttachAsync(
        string owner,
        IdempotencyKey key,
        IdempotencyRecord? earlier,
        CompleteChat chat,
        CancellationToken cancellationToken
    )
    {
        await worker.RegisterAsync(cancellationToken);
        while (true)
        {
            if (_running.TryGetValue((owner, key.Hash), out var here))
                return new Follower(here);
            if (earlier?.ReadResult<StoredCompletion>() is { } completion)
                return new Follower(new HeldGeneration(completion.ToGeneration(owner)));
            var lease = earlier is null
                ? await TryLeaseAsync(owner, key)
                : await TryTakeOverAsync(earlier, cancellationToken);
            if (lease is not null)
                return Start(lease, chat);

            // Another process generates it: it ends and is stored, or fails and frees the key, or the process dies.
            await Task.Delay(Pause, clock, cancellationToken);
            earlier = (await records.FindAsync(owner, key, cancellationToken)).Earlier;
        }
    }

    private Follower Start(IdempotencyRecord lease, CompleteChat chat) =>
        new(running.Start(generator.Create(lease.Owner), generation => RunAsync(generation, lease, chat)));

    /// <summary>Saves that this process generates the completion. Not to be cancelled: it must be known whether it is saved.</summary>
    private async Task<IdempotencyRecord> LeaseAsync(string owner, IdempotencyKey key)
    {
        await using var database = databases.CreateFor(owner);
        var lease = IdempotencyRecord.OfLease(owner, key, clock.Now(), worker.Id);
        database.IdempotencyRecords.Add(lease);
        await database.SaveChangesAsync(CancellationToken.None);
        return lease;
    }

    private async Task<IdempotencyRecord?> TryLeaseAsync(string owner, IdempotencyKey key)
    {
        try
        {
            return await LeaseAsync(owner, key);
        }
        catch (IdempotencyInProgressException)
        {
            return null;
        }
    }

    /// <summary>Takes the lease of a dead worker over.</summary>
    private async Task<IdempotencyRecord?> TryTakeOverAsync(
        IdempotencyRecord earlier,
        CancellationToken cancellationToken
    )
    {
        if (
            earlier.WorkerId is { } other
            && other != worker.Id
            && await workers.IsAliveAsync(other, options.Lease, cancellationToken)
        )
            return null;

        await using var database = databases.CreateFor(earlier.Owner);
        var lease = await database.IdempotencyRecords.SingleOrDefaultAsync(
            record => record.Id == earlier.Id && record.WorkerId == earlier.WorkerId && record.Result == null,
            CancellationToken.None
        );
        if (lease is null)
            return null;
        lease.TakeOver(worker.Id);
        try
        {
            await database.SaveChangesAsync(CancellationToken.None);
            return lease;
        }
        catch (DbUpdateConcurrencyException)
        {
            return null; // another process was faster
        }
    }

    private async Task RunAsync(RunningGeneration made, IdempotencyRecord lease, CompleteChat chat)
    {
        _running[(lease.Owner, lease.Key)] = made;
        try
        {
            await GenerateAndStoreAsync(made, lease, chat);
        }
        finally
        {
            _running.TryRemove(new((lease.Owner, lease.Key), made));
        }
    }

    private async Task GenerateAndStoreAsync(RunningGeneration made, IdempotencyRecord lease, CompleteChat chat)
    {
        var generation = made.Generation;
        var end = await generator.GenerateAsync(made, chat);

        // Stored before a follower is told that it is complete, so that it survives this process for whoever was told; but
        // nobody waits for a database that is unavailable.
        var completion = StoredCompletion.Of(generation, end);
        var isStored = end.Status == MessageStatus.Completed && completion.Length <= MaxCharacters;
        var storing = StoreAsync(lease, isStored ? completion : null);
        await storing.WaitAsync(MaxSaveWait, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        generation.Finish(end);
        await storing;
    }

    /// <summary>Stores the completion; without one the record is deleted, so that the key may be tried again.</summary>
    private async Task StoreAsync(IdempotencyRecord lease, StoredCompletion? completion)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var database = databases.CreateFor(lease.Owner);
                var own = database.IdempotencyRecords.Where(record =>
                    record.Id == lease.Id && record.WorkerId == worker.Id
                );
                if (completion is null)
                {
                    await own.ExecuteDeleteAsync();
                    return;
                }

                (await own.SingleOrDefaultAsync())?.Complete(completion);
                await database.SaveChangesAsync(CancellationToken.None);
                return;
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogWarning("A completion cannot be stored yet: {Reason}", exception.Message);
                if (tries == MaxTries)
                    return; // the lease ends with this process
                await Task.Delay(Pause * tries, clock);
            }
            catch (DbUpdateConcurrencyException)
            {
                return; // this process was considered dead, and another generates it
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "A completion cannot be stored");
                return;
            }
        }
    }
}
