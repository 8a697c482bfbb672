using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;

namespace QrAi.Application.Documents;

/// <summary>
/// Deletes a document with its file and its passages. The citations of earlier answers stay. One that all owners can read needs
/// the right to share.
/// </summary>
/// <param name="Id">The document.</param>
public sealed record DeleteDocument(Guid Id) : IRequest, IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

internal sealed class DeleteDocumentHandler(IQrAiDbContextFactory databases, CurrentCaller caller, TimeProvider clock)
    : IRequestHandler<DeleteDocument>
{
    public async Task Handle(DeleteDocument request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        var document =
            await database.Documents.SingleOrDefaultAsync(one => one.Id == request.Id, cancellationToken)
            ?? throw new NotFoundException("document", request.Id);
        if (document.IsShared)
            caller.RequireShare();
        database.Documents.Remove(document); // the database deletes its file, passages and segment with it
        if (request.IdempotencyKey is { } key)
            database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, clock.Now(), result: null));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // A worker changed its state meanwhile, or another request deleted it.
            await database.Documents.Where(one => one.Id == request.Id).ExecuteDeleteAsync(cancellationToken);
        }
    }
}
