using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Models;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Domain.Idempotency;

namespace QrAi.Application.Completions;

/// <summary>
/// Makes a completion with an idempotency key once: apart from the request, so that whoever asks again is attached to it,
/// here or in another process, and kept for who comes later.
/// </summary>
internal sealed class CompletionsOnce(
    RunningCompletions completions,
    IQrAiDbContextFactory databases,
    GenerationOptions options,
    TimeProvider clock,
    ILogger<CompletionsOnce> logger
)
{
    /// <summary>Longer ones are told, and not kept: their keys are free again.</summary>
    private const int MostCharacters = 1_000_000;

    private const int MostTries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3);

    /// <summary>Follows the one completion of a key, and begins it if nobody has.</summary>
    /// <param name="request">The key.</param>
    /// <param name="make">Makes the completion.</param>
    /// <param name="cancellationToken">Stops following; the completion goes on.</param>
    public async IAsyncEnumerable<CompletionPart> FollowAsync(
        IdempotentRequest request,
        Func<CancellationToken, IAsyncEnumerable<CompletionPart>> make,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var identity = request.Identity;
        while (true)
        {
            var run = completions.Find(identity.Owner, identity.Key);
            if (run is null)
            {
                var earlier = await request.FindEarlierAsync(cancellationToken);
                if (earlier?.Result is not null)
                {
                    foreach (var part in earlier.ReadResult<KeptCompletion>().ToParts())
                        yield return part;
                    yield break;
                }

                if (await TryLeaseAsync(identity, earlier) is { } record)
                {
                    run = completions.Start(identity.Owner, identity.Key, made => MakeAsync(made, record, make));
                    request.NoteKept();
                }
            }

            if (run is not null)
            {
                await foreach (var part in run.FollowAsync(cancellationToken))
                    yield return part;
                yield break;
            }

            // Another process makes it: it comes, or its key comes free, or the process is taken for lost.
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <summary>Says that this process makes it, unless another does.</summary>
    private async Task<IdempotencyRecord?> TryLeaseAsync(RequestIdentity identity, IdempotencyRecord? earlier)
    {
        var now = clock.Now();
        var until = now + options.TotalTime + options.SavingTime; // no completion takes longer
        await using var database = databases.CreateFor(identity.Owner);
        IdempotencyRecord? record;
        if (earlier is null)
        {
            record = IdempotencyRecord.Create(identity, now, leasedUntil: until);
            database.IdempotencyRecords.Add(record);
        }
        else
        {
            record = await database.IdempotencyRecords.SingleOrDefaultAsync(
                kept => kept.Id == earlier.Id,
                CancellationToken.None
            );
            if (record?.IsAbandoned(now) != true)
                return null;
            record.Lease(until);
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

    private async Task MakeAsync(
        CompletionRun run,
        IdempotencyRecord record,
        Func<CancellationToken, IAsyncEnumerable<CompletionPart>> make
    )
    {
        var parts = new List<CompletionPart>();
        Exception? failure = null;
        try
        {
            await foreach (var part in make(run.Stopped))
            {
                parts.Add(part);
                if (part is not CompletionPart.Finished)
                    run.Append(part);
            }
        }
        catch (OperationCanceledException) when (run.Stopped.IsCancellationRequested)
        {
            failure = new ShuttingDownException();
        }
        catch (Exception exception)
        {
            failure = exception; // the followers' to tell
        }

        // Kept before anybody is told that it is whole, so that it is there for whoever knows it, though this process die;
        // but nobody waits for a database that is away.
        var isKept = failure is null && parts.Sum(LengthOf) <= MostCharacters;
        var keeping = KeepAsync(
            record,
            isKept ? JsonSerializer.Serialize(KeptCompletion.Of(parts), JsonSerializerOptions.Web) : null
        );
        await keeping.WaitAsync(LongestSilence, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (failure is null)
            run.Append(parts[^1]);
        run.Close(failure);
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
                    await database.IdempotencyRecords.Where(kept => kept.Id == record.Id).ExecuteDeleteAsync();
                    return;
                }

                var kept = await database.IdempotencyRecords.SingleOrDefaultAsync(one => one.Id == record.Id);
                kept?.End(result);
                await database.SaveChangesAsync(CancellationToken.None);
                return;
            }
            catch (DatabaseUnavailableException exception)
            {
                logger.LogWarning("A completion waits for the database to be kept: {Reason}", exception.Message);
                if (tried == MostTries)
                    return; // its lease runs out
                await Task.Delay(Pause * tried, clock);
            }
            catch (DbUpdateConcurrencyException)
            {
                return; // this process was taken for lost, and another makes it
            }
            catch (Exception exception)
            {
                logger.LogError(
                    exception,
                    "A completion could not be kept; its key comes free when its lease runs out"
                );
                return;
            }
        }
    }

    private static int LengthOf(CompletionPart part) =>
        part switch
        {
            CompletionPart.Text text => text.Value.Length,
            CompletionPart.ToolCall call => call.Arguments.Length,
            _ => 0,
        };
}
