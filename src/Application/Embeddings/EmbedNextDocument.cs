using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Persistence;
using QrAi.Domain.Callers;

namespace QrAi.Application.Embeddings;

/// <summary>Embeds a document that has no vectors of the current model.</summary>
/// <param name="AfterOwner">The owner of the previous document, so that owners take turns; an empty text for none.</param>
public sealed record EmbedNextDocument(string AfterOwner) : IRequest<EmbeddingStep>;

/// <summary>What became of the next document.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Owner">The owner of the document; empty if there was none.</param>
public sealed record EmbeddingStep(EmbeddingOutcome Outcome, string Owner);

/// <summary>What became of the next document.</summary>
public enum EmbeddingOutcome
{
    /// <summary>There is no document to be embedded now.</summary>
    None,

    /// <summary>The document has its vectors, or is tried again later, or was deleted.</summary>
    Done,

    /// <summary>The provider failed; others would fail too.</summary>
    ProviderFailed,
}

internal sealed class EmbedNextDocumentValidator : AbstractValidator<EmbedNextDocument>
{
    public EmbedNextDocumentValidator() =>
        RuleFor(request => request.AfterOwner).NotNull().MaximumLength(Owners.MaxLength);
}

internal sealed class EmbedNextDocumentHandler(
    IEmbeddingQueueStore queue,
    IEmbeddingModels models,
    DocumentEmbedder embedder,
    IQrAiDbContextFactory databases,
    TimeProvider clock,
    ILogger<EmbedNextDocumentHandler> logger
) : IRequestHandler<EmbedNextDocument, EmbeddingStep>
{
    /// <summary>The wait after the first failure, which doubles with each further one.</summary>
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxOutageWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxRefusalWait = TimeSpan.FromHours(4);
    private const int MaxDoublings = 20;

    public async Task<EmbeddingStep> Handle(EmbedNextDocument request, CancellationToken cancellationToken)
    {
        if (models.Current is not { } model || await ClaimAsync(request.AfterOwner, cancellationToken) is not { } claim)
            return new EmbeddingStep(EmbeddingOutcome.None, "");
        return new EmbeddingStep(await EmbedAsync(claim, model, cancellationToken), claim.Owner);
    }

    private async Task<EmbeddingClaim?> ClaimAsync(string afterOwner, CancellationToken cancellationToken) =>
        await queue.ClaimAsync(afterOwner, cancellationToken)
        ?? (afterOwner.Length > 0 ? await queue.ClaimAsync("", cancellationToken) : null);

    private async Task<EmbeddingOutcome> EmbedAsync(
        EmbeddingClaim claim,
        string model,
        CancellationToken cancellationToken
    )
    {
        using var expired = new CancellationTokenSource(claim.Duration, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(expired.Token, cancellationToken);
        try
        {
            var start = clock.GetTimestamp();
            var blocks = await embedder.EmbedAsync(claim, model, stop.Token);
            if (await StoreAsync(claim, model, blocks, stop.Token))
                logger.LogInformation(
                    "Document {DocumentId} is embedded: {Passages} passages, {DurationMs:0} ms",
                    claim.DocumentId,
                    blocks.Sum(block => block.Passages),
                    clock.GetElapsedTime(start).TotalMilliseconds
                );
        }
        catch (DbUpdateConcurrencyException)
        {
            logger.LogInformation("Document {DocumentId} was changed while it was embedded", claim.DocumentId);
        }
        catch (EmbeddingFailedException exception)
        {
            await PostponeAsync(claim, exception, cancellationToken);
            return exception.IsRefusal ? EmbeddingOutcome.Done : EmbeddingOutcome.ProviderFailed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await queue.ReleaseAsync(claim.FirstPassageId, claim.Failures, TimeSpan.Zero, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException)
        {
            logger.LogWarning("Document {DocumentId} could not be embedded in time", claim.DocumentId);
            return EmbeddingOutcome.ProviderFailed;
        }

        return EmbeddingOutcome.Done;
    }

    /// <summary>Gives a document back for a growing time, so that the others have their turn.</summary>
    private Task PostponeAsync(
        EmbeddingClaim claim,
        EmbeddingFailedException failure,
        CancellationToken cancellationToken
    )
    {
        var max = failure.IsRefusal ? MaxRefusalWait : MaxOutageWait;
        var wait = MinWait * Math.Pow(2, Math.Min(claim.Failures, MaxDoublings));
        if (wait > max)
            wait = max;
        // The generator logs an outage, which concerns all documents.
        logger.Log(
            failure.IsRefusal ? LogLevel.Warning : LogLevel.Debug,
            "Document {DocumentId} is not embedded, and found by words alone: {Reason} The next attempt follows in {Seconds:0} s",
            claim.DocumentId,
            failure.Message,
            wait.TotalSeconds
        );
        return queue.ReleaseAsync(claim.FirstPassageId, claim.Failures + 1, wait, cancellationToken);
    }

    /// <summary>Stores all vectors of the document, and removes those of other models, in one transaction.</summary>
    /// <returns>Whether there were any to be stored.</returns>
    private async Task<bool> StoreAsync(
        EmbeddingClaim claim,
        string model,
        IReadOnlyList<VectorBlock> blocks,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(claim.Owner);
        var task = await database.EmbeddingTasks.SingleOrDefaultAsync(
            one => one.FirstPassageId == claim.FirstPassageId,
            cancellationToken
        );
        if (task is null)
            return false;
        var others = await database
            .VectorBlocks.Where(block => block.DocumentId == claim.DocumentId && block.Model != model)
            .Select(block => new { block.FirstPassageId, block.Model })
            .ToListAsync(cancellationToken);
        database.EmbeddingTasks.Remove(task);
        database.VectorBlocks.RemoveRange(others.Select(one => VectorBlock.WithKey(one.FirstPassageId, one.Model)));
        database.VectorBlocks.AddRange(blocks);
        await database.SaveChangesAsync(cancellationToken);
        return blocks.Count > 0;
    }
}
