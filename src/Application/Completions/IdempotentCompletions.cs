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
using QrAi.Domain.Usage;

namespace QrAi.Application.Completions;

/// <summary>
/// Generates one completion for each idempotency key, apart from the request: repeated requests attach to it, in this process
/// or another, and later ones receive the stored completion.
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
    /// <param name="subject">On whose behalf the providers are called; its owner is that of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="chat">What to generate.</param>
    /// <param name="cancellationToken">Cancels the start, but not a completion that has begun.</param>
    /// <exception cref="IdempotencyInProgressException">If the key has a record already.</exception>
    public async Task<Follower> BeginAsync(
        UsageSubject subject,
        IdempotencyKey key,
        CompleteChat chat,
        CancellationToken cancellationToken
    )
    {
        await worker.RegisterAsync(cancellationToken);
        return Start(await LeaseAsync(subject.Owner, key), chat, subject);
    }

    /// <summary>
    /// Follows the existing completion of a key, wherever it is generated, and generates it again if it failed or its process
    /// died.
    /// </summary>
    /// <param name="subject">On whose behalf the providers are called; its owner is that of the key.</param>
    /// <param name="key">The key.</param>
    /// <param name="chat">What to generate.</param>
    /// <param name="cancellationToken">Stops waiting, but does not cancel the completion.</param>
    public async Task<Follower> AttachAsync(
        UsageSubject subject,
        IdempotencyKey key,
        CompleteChat chat,
        CancellationToken cancellationToken
    )
    {
        await worker.RegisterAsync(cancellationToken);
        var owner = subject.Owner;
        while (true)
        {
            if (_running.TryGetValue((owner, key.Hash), out var local))
                return new Follower(local);
            // Read after the look at this process: a completion that is not running here has been stored or freed its key.
            var earlier = (await records.FindAsync(owner, key, cancellationToken)).Earlier;
            if (earlier?.ReadResult<StoredCompletion>() is { } completion)
                return new Follower(new HeldGeneration(completion.ToGeneration(owner)));
            var lease = earlier is null
                ? await TryLeaseAsync(owner, key)
                : await TryTakeOverAsync(earlier, cancellationToken);
            if (lease is not null)
                return Start(lease, chat, subject);

            // Another process generates it: wait until it is stored, it fails and frees the key, or the process dies.
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private Follower Start(IdempotencyRecord lease, CompleteChat chat, UsageSubject subject) =>
        new(running.Start(generator.Create(lease.Owner), started => RunAsync(started, lease, chat, subject)));

    /// <summary>Saves the lease of this process. It is not cancellable, because its outcome must be known.</summary>
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

    /// <summary>Takes over the lease of a dead worker.</summary>
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
            return null; // another process took it over first
        }
    }

    private async Task RunAsync(
        RunningGeneration started,
        IdempotencyRecord lease,
        CompleteChat chat,
        UsageSubject subject
    )
    {
        _running[(lease.Owner, lease.Key)] = started;
        try
        {
            await GenerateAndStoreAsync(started, lease, chat, subject);
        }
        finally
        {
            _running.TryRemove(new((lease.Owner, lease.Key), started));
        }
    }

    private async Task GenerateAndStoreAsync(
        RunningGeneration started,
        IdempotencyRecord lease,
        CompleteChat chat,
        UsageSubject subject
    )
    {
        var generation = started.Generation;
        var end = await generator.GenerateAsync(started, chat, subject);

        // A completion is stored before its end is sent, so that a caller that received the end can repeat the request. The
        // wait for an unavailable database is bounded.
        var completion = StoredCompletion.Of(generation, end);
        var isStored = end.Status == MessageStatus.Completed && completion.Length <= MaxCharacters;
        var storing = StoreAsync(lease, isStored ? completion : null);
        await storing.WaitAsync(MaxSaveWait, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        generation.Finish(end);
        await storing;
    }

    /// <summary>Stores the completion, or deletes the record if there is none, so that the key can be used again.</summary>
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
                    return; // the lease expires with this process
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
