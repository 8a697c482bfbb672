using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Generations;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Idempotency;
using QrAi.Domain.Sessions;

namespace QrAi.Application.Completions;

/// <summary>
/// Makes a completion with an idempotency key once: apart from the request, so that whoever asks again is attached to it,
/// here or in another process, and kept for who comes later.
/// </summary>
internal sealed class CompletionsOnce(
    RunningGenerations running,
    CompletionGenerator generator,
    IQrAiDbContextFactory databases,
    IWorkerStore workers,
    Worker worker,
    WorkOptions options,
    TimeProvider clock,
    ILogger<CompletionsOnce> logger
)
{
    /// <summary>Longer ones are told, and not kept: their keys are free again.</summary>
    private const int MaxCharacters = 1_000_000;

    private const int MaxTries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<(string Owner, string Key), RunningGeneration> _made = new();

    /// <summary>Follows the one completion of a key, and begins it if nobody has.</summary>
    /// <param name="request">The key.</param>
    /// <param name="chat">What to make.</param>
    /// <param name="cancellationToken">Stops waiting; the completion goes on.</param>
    public async Task<Follower> FollowAsync(
        IdempotentRequest request,
        CompleteChat chat,
        CancellationToken cancellationToken
    )
    {
        var identity = request.Identity;
        while (true)
        {
            if (_made.TryGetValue((identity.Owner, identity.Key), out var made))
                return new Follower(made);

            var earlier = await request.FindEarlierAsync(cancellationToken);
            if (earlier?.Result is not null)
                return new Follower(
                    new HeldGeneration(earlier.ReadResult<KeptCompletion>().ToGeneration(identity.Owner))
                );

            await worker.RegisterAsync(cancellationToken);
            if (await TryLeaseAsync(identity, earlier, cancellationToken) is { } record)
            {
                made = running.Start(generator.Create(identity.Owner), one => MakeAsync(one, record, chat));
                request.NoteKept();
                return new Follower(made);
            }

            // Another process makes it: it comes, or its key comes free, or the process dies.
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Says that this process makes it, unless another does.</summary>
    private async Task<IdempotencyRecord?> TryLeaseAsync(
        RequestIdentity identity,
        IdempotencyRecord? earlier,
        CancellationToken cancellationToken
    )
    {
        if (
            earlier is { WorkerId: { } other }
            && other != worker.Id
            && await workers.IsAliveAsync(other, options.Lease, cancellationToken)
        )
            return null;

        await using var database = databases.CreateFor(identity.Owner);
        IdempotencyRecord? record;
        if (earlier is null)
        {
            record = IdempotencyRecord.Create(identity, clock.Now(), workerId: worker.Id);
            database.IdempotencyRecords.Add(record);
        }
        else
        {
            record = await database.IdempotencyRecords.SingleOrDefaultAsync(
                kept => kept.Id == earlier.Id && kept.WorkerId == earlier.WorkerId && kept.Result == null,
                CancellationToken.None
            );
            if (record is null)
                return null;
            record.TakeOver(worker.Id);
        }

        try
        {
            await database.SaveChangesAsync(CancellationToken.None);
            return record;
        }
        catch (DbUpdateConcurrencyException)
        {
            return null; // somebody was faster
        }
    }

    private async Task MakeAsync(RunningGeneration made, IdempotencyRecord record, CompleteChat chat)
    {
        _made[(record.Owner, record.Key)] = made;
        try
        {
            await MakeAndKeepAsync(made, record, chat);
        }
        finally
        {
            _made.TryRemove(new((record.Owner, record.Key), made));
        }
    }

    private async Task MakeAndKeepAsync(RunningGeneration made, IdempotencyRecord record, CompleteChat chat)
    {
        var generation = made.Generation;
        var end = await generator.GenerateAsync(made, chat);

        // Kept before anybody is told that it is complete, so that it is there for whoever knows it, though this process die;
        // but nobody waits for a database that is away.
        var kept = KeptCompletion.Of(generation, end);
        var isKept = end.Status == MessageStatus.Completed && kept.Length <= MaxCharacters;
        var keeping = KeepAsync(record, isKept ? JsonSerializer.Serialize(kept, JsonSerializerOptions.Web) : null);
        await keeping.WaitAsync(LongestSilence, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        generation.Finish(end);
        await keeping;
    }

    /// <summary>Keeps what came of it; nothing did if it failed, so that the key may be tried again.</summary>
    private async Task KeepAsync(IdempotencyRecord record, string? result)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                await using var database = databases.CreateFor(record.Owner);
                if (result is null)
                {
                    await database
                        .IdempotencyRecords.Where(kept => kept.Id == record.Id && kept.WorkerId == worker.Id)
                        .ExecuteDeleteAsync();
                    return;
                }

                var kept = await database.IdempotencyRecords.SingleOrDefaultAsync(one =>
                    one.Id == record.Id && one.WorkerId == worker.Id
                );
                kept?.End(result);
                await database.SaveChangesAsync(CancellationToken.None);
                return;
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogWarning("A completion waits for the database to be kept: {Reason}", exception.Message);
                if (tried == MaxTries)
                    return; // its key comes free when this process ends
                await Task.Delay(Pause * tried, clock);
            }
            catch (DbUpdateConcurrencyException)
            {
                return; // this process was taken for dead, and another makes it
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "A completion could not be kept");
                return;
            }
        }
    }
}
