using System.ComponentModel.DataAnnotations;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using QrAi.Application.Documents;
using QrAi.Application.Paging;
using QrAi.Domain.Documents;
using QrAi.WebApi.Errors;
using QrAi.WebApi.Http;
using QrAi.WebApi.OpenApi;

namespace QrAi.WebApi.Endpoints;

/// <summary>Documents, their files and their passages.</summary>
internal static class DocumentEndpoints
{
    public static void MapDocuments(this RouteGroupBuilder api)
    {
        var documents = api.MapGroup("/documents").WithTags("Documents");
        documents
            .MapPost("/", AddDocument)
            .WithName(nameof(AddDocument))
            .Produces<DocumentDto>()
            .Produces<DocumentDto>(StatusCodes.Status202Accepted)
            .AcceptsFile()
            .WithMetadata(new UnlimitedBody());
        documents.MapGet("/", ListDocuments).WithName(nameof(ListDocuments));
        var document = documents.MapGroup("/{id}").MayFailWith(ErrorKind.NotFound);
        document.MapGet("", GetDocument).WithName(nameof(GetDocument));
        document.MapDelete("", DeleteDocument).WithName(nameof(DeleteDocument));
        document.MapGet("/content", GetDocumentContent).WithName(nameof(GetDocumentContent)).ProducesFile();
        document.MapGet("/passages", ListPassages).WithName(nameof(ListPassages));
    }

    /// <summary>Adds a document.</summary>
    /// <remarks>
    /// The file is the body, or the part <c>file</c> of a form: Markdown, plain text, HTML, PDF, Word (docx) or CSV, as its
    /// content shows. It is stored at once and read afterwards; <c>status</c> says when it can be searched.
    /// </remarks>
    /// <param name="name" example="handbook.pdf">The name of the file; a form has it already.</param>
    /// <param name="shared" example="false">
    /// Whether all owners can read the document, which needs the right <c>share</c>.
    /// </param>
    /// <response code="200">The document that has the same bytes already.</response>
    /// <response code="202">The document, which waits to be read.</response>
    internal static async Task<IResult> AddDocument(
        [StringLength(Document.MaxNameLength)] string? name,
        [ParsedAs(typeof(bool), Default = false)] string? shared,
        HttpContext context,
        FileBody body,
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        context.DisableTimeLimit();
        var isShared = RequestParameters.ParseBoolean(shared, nameof(shared));
        var file = await body.ReadAsync(context.Request, cancellationToken);
        var added = await sender.Send(
            new AddDocument(name ?? file.Name, file.Content, isShared)
            {
                IdempotencyKey = context.ReadIdempotencyKey(file.Content),
            },
            cancellationToken
        );
        return added.IsNew
            ? TypedResults.Accepted($"/api/documents/{added.Document.Id}", added.Document)
            : TypedResults.Ok(added.Document);
    }

    /// <summary>Lists the documents that the caller can read.</summary>
    /// <remarks>The newest come first.</remarks>
    /// <param name="limit" example="20">The most items of the page.</param>
    /// <param name="cursor" example="CN9Kry1gtyQHEaIBk4R3cZm7bLQAVnJ9yqgjjJxGpnA">
    /// The <c>nextCursor</c> of the page before; opaque.
    /// </param>
    /// <param name="q" example="就業規則">Selects documents whose name or title contains this text, ignoring case.</param>
    /// <param name="status" example="ready">Selects documents in this state.</param>
    /// <response code="200">A page of documents.</response>
    internal static async Task<Ok<Page<DocumentDto>>> ListDocuments(
        [ParsedAs(typeof(int), Default = PageLimits.Default), Range(1, PageLimits.Max)] string? limit,
        string? cursor,
        string? q,
        [ParsedAs(typeof(DocumentStatus))] string? status,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(
                new ListDocuments(
                    RequestParameters.ParseLimit(limit),
                    cursor,
                    q,
                    RequestParameters.ParseName<DocumentStatus>(status, nameof(status))
                ),
                cancellationToken
            )
        );

    /// <summary>Reads a document.</summary>
    /// <remarks>Its file and its passages are read separately.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The document's id.</param>
    /// <response code="200">The document.</response>
    internal static async Task<Ok<DocumentDto>> GetDocument(
        [ParsedAs(typeof(Guid))] string id,
        ISender sender,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await sender.Send(new GetDocument(RequestParameters.ParseId(id)), cancellationToken));

    /// <summary>Deletes a document.</summary>
    /// <remarks>
    /// Its file and its passages are deleted too; citations of earlier answers stay. One that is shared needs the right
    /// <c>share</c>.
    /// </remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The document's id.</param>
    /// <response code="204">The document is deleted.</response>
    internal static async Task<NoContent> DeleteDocument(
        [ParsedAs(typeof(Guid))] string id,
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        await sender.Send(new DeleteDocument(RequestParameters.ParseId(id)), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Reads the file of a document.</summary>
    /// <remarks>The bytes as they were sent, as an attachment: a browser saves it and never shows it.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The document's id.</param>
    /// <response code="200">The file.</response>
    internal static async Task GetDocumentContent(
        [ParsedAs(typeof(Guid))] string id,
        HttpContext context,
        ISender sender,
        CancellationToken cancellationToken
    )
    {
        var document = await sender.Send(new GetDocument(RequestParameters.ParseId(id)), cancellationToken);
        context.DisableTimeLimit(); // the server limits how slowly a caller may read
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(document.Name);
        context.Response.ContentType = document.MediaType;
        context.Response.ContentLength = document.Size;
        context.Response.Headers.ContentDisposition = disposition.ToString();
        context.Response.Headers.ETag = $"\"{document.Sha256}\"";
        await foreach (var bytes in sender.CreateStream(new ReadDocumentContent(document.Id), cancellationToken))
            await context.Response.Body.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Lists the passages of a document.</summary>
    /// <remarks>They come in the order of the text. A document that is not ready has none.</remarks>
    /// <param name="id" example="019aba3e-7f5b-74ba-987d-15a84d645740">The document's id.</param>
    /// <param name="limit" example="20">The most items of the page.</param>
    /// <param name="cursor" example="CN9Kry1gtyQHEaIBk4R3cZm7bLQAVnJ9yqgjjJxGpnA">
    /// The <c>nextCursor</c> of the page before; opaque.
    /// </param>
    /// <response code="200">A page of passages.</response>
    internal static async Task<Ok<Page<PassageDto>>> ListPassages(
        [ParsedAs(typeof(Guid))] string id,
        [ParsedAs(typeof(int), Default = PageLimits.Default), Range(1, PageLimits.Max)] string? limit,
        string? cursor,
        ISender sender,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            await sender.Send(
                new ListPassages(RequestParameters.ParseId(id), RequestParameters.ParseLimit(limit), cursor),
                cancellationToken
            )
        );
}
