using AutoMapper;
using AutoMapper.QueryableExtensions;
using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Behaviours;
using QrAi.Application.Callers;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;
using QrAi.Domain.Documents;
using QrAi.Domain.Text;

namespace QrAi.Application.Documents;

/// <summary>Lists the documents that the caller can read, the newest first.</summary>
/// <param name="Limit">The maximum number of documents, 1–100.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
/// <param name="NameContains">Text that the name or the title contains, compared without case and width; null for all.</param>
/// <param name="Status">The state; null for all.</param>
public sealed record ListDocuments(int Limit, string? Cursor, string? NameContains, DocumentStatus? Status)
    : IRequest<Page<DocumentDto>>;

internal sealed class ListDocumentsValidator : AbstractValidator<ListDocuments>
{
    public ListDocumentsValidator()
    {
        RuleFor(request => request.Limit).PageLimit();
        RuleFor(request => request.NameContains)
            .HumanText(Document.MaxTitleLength)
            .When(request => !string.IsNullOrWhiteSpace(request.NameContains))
            .OverridePropertyName("q");
    }
}

internal sealed class ListDocumentsHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<ListDocuments, Page<DocumentDto>>
{
    public async Task<Page<DocumentDto>> Handle(ListDocuments request, CancellationToken cancellationToken)
    {
        var folded = string.IsNullOrWhiteSpace(request.NameContains)
            ? null
            : UnicodeText.FoldCase(request.NameContains.Trim());
        var list = $"documents?q={folded}&status={request.Status}";

        await using var database = databases.CreateFor(caller.Owner);
        var documents = database.Documents.AsQueryable();
        if (folded is not null)
            documents = documents.Where(document => document.FoldedNames.Contains(folded));
        if (request.Status is { } status)
            documents = documents.Where(document => document.Status == status);
        if (request.Cursor is not null)
        {
            var (time, id) = Cursor.ReadTimeAndId(list, request.Cursor);
            documents = documents.Where(document =>
                document.CreatedAt <= time && (document.CreatedAt < time || document.Id.CompareTo(id) < 0)
            );
        }

        var items = await documents
            .OrderByDescending(document => document.CreatedAt)
            .ThenByDescending(document => document.Id)
            .Take(request.Limit + 1)
            .ProjectTo<DocumentDto>(mapper.ConfigurationProvider)
            .ToListAsync(cancellationToken);
        return items.ToPage(request.Limit, (document, _) => Cursor.Write(list, document.CreatedAt, document.Id));
    }
}
