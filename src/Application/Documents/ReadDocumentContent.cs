using System.Runtime.CompilerServices;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Persistence;

namespace QrAi.Application.Documents;

/// <summary>Reads the bytes of a document's file in parts, and holds no connection between two of them.</summary>
/// <param name="Id">The document, which the caller can read.</param>
public sealed record ReadDocumentContent(Guid Id) : IStreamRequest<byte[]>;

internal sealed class ReadDocumentContentHandler(IQrAiDbContextFactory databases, CurrentCaller caller)
    : IStreamRequestHandler<ReadDocumentContent, byte[]>
{
    public async IAsyncEnumerable<byte[]> Handle(
        ReadDocumentContent request,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var number = 0; await ReadAsync(request.Id, number, cancellationToken) is { } bytes; number++)
            yield return bytes;
    }

    private async Task<byte[]?> ReadAsync(Guid id, int number, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await database
            .DocumentChunks.Where(chunk => chunk.DocumentId == id && chunk.Number == number)
            // Chunks have no owner: their document has.
            .Where(chunk => database.Documents.Any(document => document.Id == chunk.DocumentId))
            .Select(chunk => chunk.Bytes)
            .SingleOrDefaultAsync(cancellationToken);
    }
}
