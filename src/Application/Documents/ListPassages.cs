using FluentValidation;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Paging;
using QrAi.Application.Persistence;

namespace QrAi.Application.Documents;

/// <summary>Lists the passages of a document, in the order of the text.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Limit">The maximum number of passages, 1–100.</param>
/// <param name="Cursor">The cursor of the previous page; null for the first page.</param>
public sealed record ListPassages(Guid DocumentId, int Limit, string? Cursor) : IRequest<Page<PassageDto>>;

internal sealed class ListPassagesValidator : AbstractValidator<ListPassages>
{
    public ListPassagesValidator() => RuleFor(request => request.Limit).PageLimit();
}

internal sealed class ListPassagesHandler(IQrAiDbContextFactory databases, CurrentCaller caller)
    : IRequestHandler<ListPassages, Page<PassageDto>>
{
    public async Task<Page<PassageDto>> Handle(ListPassages request, CancellationToken cancellationToken)
    {
        var list = $"passages/{request.DocumentId}";
        var after = request.Cursor is null ? 0 : Cursor.ReadNumber(list, request.Cursor);

        await using var database = databases.CreateFor(caller.Owner);
        var title =
            await database
                .Documents.Where(document => document.Id == request.DocumentId)
                .Select(document => document.Title)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("document", request.DocumentId);
        var passages = await database
            .Passages.Where(passage => passage.DocumentId == request.DocumentId && passage.Number > after)
            .OrderBy(passage => passage.Number)
            .Take(request.Limit + 1)
            .Select(passage => new PassageDto(
                passage.DocumentId,
                title,
                passage.Number,
                passage.Heading,
                passage.Page,
                passage.Text,
                null
            ))
            .ToListAsync(cancellationToken);
        return passages.ToPage(request.Limit, (passage, _) => Cursor.Write(list, passage.Number));
    }
}
