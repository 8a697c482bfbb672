using System.Security.Cryptography;
using AutoMapper;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Idempotency;
using QrAi.Application.Persistence;
using QrAi.Application.Time;
using QrAi.Application.Work;
using QrAi.Domain.Documents;

namespace QrAi.Application.Documents;

/// <summary>Stores a file, whose text is read afterwards. A file that the owner has already is not stored again.</summary>
/// <param name="Name">The name of the file, 1–255 characters.</param>
/// <param name="Content">The bytes.</param>
/// <param name="Shared">Whether all owners can read it, which needs the right to share.</param>
public sealed record AddDocument(string? Name, ReadOnlyMemory<byte> Content, bool Shared)
    : IRequest<AddedDocument>,
        IIdempotentRequest
{
    /// <inheritdoc />
    public IdempotencyKey? IdempotencyKey { get; init; }
}

/// <summary>A stored file.</summary>
/// <param name="Document">The document.</param>
/// <param name="IsNew">Whether the request stored it.</param>
public sealed record AddedDocument(DocumentDto Document, bool IsNew);

internal sealed class AddDocumentValidator : AbstractValidator<AddDocument>
{
    public AddDocumentValidator() => RuleFor(request => request.Name).HumanText(Document.MaxNameLength);
}

internal sealed class AddDocumentHandler(
    IQrAiDbContextFactory databases,
    IDocumentFormats formats,
    IDocumentQueueStore queue,
    WorkSignal<Document> work,
    DocumentSizeLimit limit,
    CurrentCaller caller,
    TimeProvider clock,
    IMapper mapper
) : IRequestHandler<AddDocument, AddedDocument>
{
    public async Task<AddedDocument> Handle(AddDocument request, CancellationToken cancellationToken)
    {
        if (request.Shared)
            caller.RequireShare();
        if (request.Content.Length > limit.MaxSize)
            throw new DocumentTooLargeException(limit.MaxSize);
        var name = request.Name!.Trim();
        var mediaType = formats.Identify(request.Content, name) ?? throw new UnsupportedDocumentException();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(request.Content.Span));

        return await ConflictRetry.RunAsync(
            () => databases.CreateFor(caller.Owner),
            async database =>
            {
                // Concurrent requests with the same bytes conflict, and find the document in the next attempt.
                var stored = await database.Documents.SingleOrDefaultAsync(
                    one => one.Owner == caller.Owner && one.IsShared == request.Shared && one.Sha256 == sha256,
                    cancellationToken
                );
                var now = clock.Now();
                var document =
                    stored
                    ?? Document.Add(
                        caller.Owner,
                        new DocumentFile(name, mediaType, request.Content.Length, sha256),
                        request.Shared,
                        await queue.NextNumberAsync(caller.Owner, cancellationToken),
                        now
                    );
                var added = new AddedDocument(mapper.Map<DocumentDto>(document), stored is null);
                if (stored is null)
                {
                    database.Documents.Add(document);
                    database.DocumentChunks.AddRange(DocumentChunk.Split(document.Id, request.Content));
                }

                if (request.IdempotencyKey is { } key)
                    database.IdempotencyRecords.Add(IdempotencyRecord.OfResult(caller.Owner, key, now, added));
                await database.SaveChangesAsync(cancellationToken);
                work.Raise();
                return added;
            }
        );
    }
}
