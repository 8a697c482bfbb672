using System.Text.Json.Serialization;
using AutoMapper;
using QrAi.Domain.Documents;

namespace QrAi.Application.Documents;

/// <summary>A document. Members that do not apply are left out.</summary>
/// <param name="Id">The document's id, a version 7 UUID.</param>
/// <param name="Name">The name of the file.</param>
/// <param name="Title">The title that the file states, or its name without the extension.</param>
/// <param name="MediaType">The media type, as the content shows it.</param>
/// <param name="Size">The size of the file, in bytes.</param>
/// <param name="Sha256">The SHA-256 of the file, in hexadecimal digits.</param>
/// <param name="Status">The state: only a document that is ready can be searched.</param>
/// <param name="Pages">The number of pages.</param>
/// <param name="Passages">The number of passages, of a document that is ready.</param>
/// <param name="Shared">Whether all owners can read the document.</param>
/// <param name="Error">Why the file could not be read.</param>
/// <param name="CreatedAt">When the document was added.</param>
/// <param name="UpdatedAt">When the document last changed.</param>
public sealed record DocumentDto(
    Guid Id,
    string Name,
    string Title,
    string MediaType,
    long Size,
    string Sha256,
    DocumentStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Pages,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Passages,
    bool Shared,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DocumentError? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

internal sealed class DocumentMapping : Profile
{
    public DocumentMapping() =>
        CreateMap<Document, DocumentDto>()
            .ForCtorParam(nameof(DocumentDto.Shared), shared => shared.MapFrom(document => document.IsShared));
}
