using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using QrAi.Application.Embeddings;
using QrAi.Application.Persistence;
using QrAi.Application.Search;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Documents;

namespace QrAi.Application.Documents;

/// <summary>Reads the first document of the queue, which can be searched afterwards.</summary>
/// <returns>Whether there was one.</returns>
public sealed record ReadNextDocument : IRequest<bool>;

internal sealed class ReadNextDocumentHandler(
    IDocumentQueueStore queue,
    IDocumentFormats formats,
    IQrAiDbContextFactory databases,
    PassageNumbers numbers,
    SegmentMerger merger,
    IEmbeddingModels embeddings,
    WorkSignal<EmbeddingTask> toEmbed,
    Worker worker,
    WorkOptions work,
    TimeProvider clock,
    ILogger<ReadNextDocumentHandler> logger
) : IRequestHandler<ReadNextDocument, bool>
{
    public async Task<bool> Handle(ReadNextDocument request, CancellationToken cancellationToken)
    {
        await worker.RegisterAsync(cancellationToken);
        if (await queue.ClaimAsync(worker.Id, work.Lease, clock.Now(), cancellationToken) is not { } claimed)
            return false;

        try
        {
            await ReadAsync(claimed.DocumentId, claimed.Owner, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await UpdateAsync(claimed.DocumentId, claimed.Owner, document => document.Release(clock.Now()));
            throw;
        }
        catch (DbUpdateConcurrencyException)
        {
            // It was deleted, or another worker considered this one dead.
            logger.LogInformation("Document {DocumentId} is no longer to be read here", claimed.DocumentId);
        }

        return true;
    }

    private async Task ReadAsync(Guid id, string owner, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var (document, file) = await LoadAsync(id, owner, cancellationToken);
        if (document is null)
            return;
        if (document.Takeovers > Document.MaxTakeovers)
        {
            await FailAsync(document, DocumentError.Interrupted);
            return;
        }

        ExtractedDocument extracted;
        IReadOnlyList<PassageText> passages;
        try
        {
            extracted = await formats.ReadAsync(file, document.MediaType, cancellationToken);
            passages = PassageSplitter.Split(extracted);
            if (passages.Count == 0)
                throw new DocumentUnreadableException(DocumentError.NoText);
        }
        catch (DocumentUnreadableException exception)
        {
            await FailAsync(document, exception.Error);
            return;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogError(exception, "Document {DocumentId} could not be read because of a defect", id);
            await FailAsync(document, DocumentError.Unreadable);
            return;
        }

        await SaveAsync(document, extracted, passages, cancellationToken);
        var duration = clock.GetElapsedTime(start);
        DocumentMetrics.RecordReady(document.MediaType, passages.Count, duration);
        logger.LogInformation(
            "Document {DocumentId} is ready: {Passages} passages of {MediaType}, {DurationMs:0} ms",
            id,
            passages.Count,
            document.MediaType,
            duration.TotalMilliseconds
        );
        await merger.MergeAsync(IndexKind.Documents, owner, document.IsShared, cancellationToken);
    }

    private async Task<(Document? Document, byte[] File)> LoadAsync(
        Guid id,
        string owner,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(owner);
        var stored = await database
            .Documents.AsNoTracking()
            .Where(document => document.Id == id)
            .Select(document => new
            {
                Document = document,
                Chunks = database
                    .DocumentChunks.Where(chunk => chunk.DocumentId == document.Id)
                    .OrderBy(chunk => chunk.Number)
                    .Select(chunk => chunk.Bytes)
                    .ToList(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (stored is null)
            return (null, []);
        return (stored.Document, stored.Chunks is [var only] ? only : [.. stored.Chunks.SelectMany(chunk => chunk)]);
    }

    /// <summary>Saves passages and their index with the document, in one transaction.</summary>
    private async Task SaveAsync(
        Document document,
        ExtractedDocument extracted,
        IReadOnlyList<PassageText> texts,
        CancellationToken cancellationToken
    )
    {
        await using var database = databases.CreateFor(document.Owner);
        database.Documents.Attach(document);
        var isReadAgain = document.Passages is not null;
        document.Complete(extracted.Title, extracted.Pages, texts.Count, clock.Now());
        var first = await numbers.TakeAsync(texts.Count, cancellationToken);
        var builder = new SegmentBuilder();
        var passages = new List<Passage>(texts.Count);
        foreach (var text in texts)
        {
            var number = passages.Count + 1;
            var passage = Passage.Of(first + number - 1, document, number, text.Heading, text.Page, text.Text);
            passages.Add(passage);
            builder.Add(passage.Id, PassageTerms.Weigh([document.Title, text.Heading ?? ""], text.Text));
        }

        if (isReadAgain)
            await RemovePassagesAsync(database, document.Id, cancellationToken);
        database.Passages.AddRange(passages);
        database.IndexSegments.Add(IndexSegment.Of(document, builder, clock.Now()));
        var isToEmbed = embeddings.Current is not null && texts.Count <= EmbeddingTask.MaxPassages;
        if (isToEmbed)
            database.EmbeddingTasks.Add(EmbeddingTask.Of(document, first));
        await database.SaveChangesAsync(cancellationToken);
        if (isToEmbed)
            toEmbed.Raise();
    }

    private static async Task RemovePassagesAsync(
        IQrAiDbContext database,
        Guid documentId,
        CancellationToken cancellationToken
    )
    {
        database.Passages.RemoveRange(
            await database.Passages.Where(one => one.DocumentId == documentId).ToListAsync(cancellationToken)
        );
        database.IndexSegments.RemoveRange(
            await database.IndexSegments.Where(one => one.DocumentId == documentId).ToListAsync(cancellationToken)
        );
    }

    private async Task FailAsync(Document document, DocumentError error)
    {
        await UpdateAsync(document.Id, document.Owner, one => one.Fail(error, clock.Now()));
        DocumentMetrics.RecordFailed(document.MediaType, error.Code);
        logger.LogWarning("Document {DocumentId} could not be read: {ErrorCode}", document.Id, error.Code);
    }

    private async Task UpdateAsync(Guid id, string owner, Action<Document> update)
    {
        await using var database = databases.CreateFor(owner);
        var document = await database.Documents.SingleOrDefaultAsync(
            one => one.Id == id && one.WorkerId == worker.Id,
            CancellationToken.None
        );
        if (document is null)
            return;
        update(document);
        await database.SaveChangesAsync(CancellationToken.None);
    }
}
