using AutoMapper;
using AutoMapper.QueryableExtensions;
using MediatR;
using Microsoft.EntityFrameworkCore;
using QrAi.Application.Callers;
using QrAi.Application.Errors;
using QrAi.Application.Persistence;

namespace QrAi.Application.Documents;

/// <summary>Reads a document.</summary>
/// <param name="Id">The document.</param>
public sealed record GetDocument(Guid Id) : IRequest<DocumentDto>;

internal sealed class GetDocumentHandler(IQrAiDbContextFactory databases, CurrentCaller caller, IMapper mapper)
    : IRequestHandler<GetDocument, DocumentDto>
{
    public async Task<DocumentDto> Handle(GetDocument request, CancellationToken cancellationToken)
    {
        await using var database = databases.CreateFor(caller.Owner);
        return await database
                .Documents.Where(document => document.Id == request.Id)
                .ProjectTo<DocumentDto>(mapper.ConfigurationProvider)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new NotFoundException("document", request.Id);
    }
}
