using GraphQL.Types;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.WebApi.GraphQL.Types;

/// <summary>A document.</summary>
internal sealed class DocumentType : ObjectGraphType<DocumentDto>
{
    public DocumentType()
    {
        Name = "Document";
        Description = "A file that is searched. It is added over HTTP: POST /api/documents.";
        Field<NonNullGraphType<IdGraphType>>("id").Description("A UUID.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<StringGraphType>>("name")
            .Description("The name of the file.")
            .Resolve(context => context.Source.Name);
        Field<NonNullGraphType<StringGraphType>>("title")
            .Description("The title that the file states, or its name without the extension.")
            .Resolve(context => context.Source.Title);
        Field<NonNullGraphType<StringGraphType>>("mediaType")
            .Description("The media type, as the content shows it.")
            .Resolve(context => context.Source.MediaType);
        Field<NonNullGraphType<IntGraphType>>("size")
            .Description("The size of the file, in bytes.")
            .Resolve(context => (int)context.Source.Size); // at most 200 MiB
        Field<NonNullGraphType<StringGraphType>>("sha256")
            .Description("The SHA-256 of the file, in hexadecimal digits.")
            .Resolve(context => context.Source.Sha256);
        Field<NonNullGraphType<DocumentStatusType>>("status")
            .Description("The state: only a document that is ready is searched.")
            .Resolve(context => context.Source.Status);
        Field<IntGraphType>("pages").Description("The number of pages.").Resolve(context => context.Source.Pages);
        Field<IntGraphType>("passages")
            .Description("The number of passages, of a document that is ready.")
            .Resolve(context => context.Source.Passages);
        Field<NonNullGraphType<BooleanGraphType>>("shared")
            .Description("Whether all owners can read it.")
            .Resolve(context => context.Source.Shared);
        Field<DocumentErrorType>("error")
            .Description("Of a failed document: why.")
            .Resolve(context => context.Source.Error);
        Field<NonNullGraphType<UtcDateTimeType>>("createdAt")
            .Description("When it was added.")
            .Resolve(context => context.Source.CreatedAt);
        Field<NonNullGraphType<UtcDateTimeType>>("updatedAt")
            .Description("When it last changed.")
            .Resolve(context => context.Source.UpdatedAt);
    }
}

/// <summary>A document with its place in a list.</summary>
internal sealed class DocumentEdgeType() : EdgeType<DocumentDto, DocumentType>("Document");

/// <summary>A page of documents.</summary>
internal sealed class DocumentConnectionType()
    : ConnectionType<DocumentDto, DocumentType, DocumentEdgeType>("Document");

/// <summary>The state of a document.</summary>
internal sealed class DocumentStatusType : EnumerationGraphType<DocumentStatus>
{
    public DocumentStatusType()
    {
        Name = "DocumentStatus";
        Description = "The state of a document.";
    }
}

/// <summary>Why a document failed.</summary>
internal sealed class DocumentErrorType : ObjectGraphType<DocumentError>
{
    public DocumentErrorType()
    {
        Name = "DocumentError";
        Description = "Why a document failed.";
        Field<NonNullGraphType<StringGraphType>>("code")
            .Description("The stable code.")
            .Resolve(context => context.Source.Code);
        Field<NonNullGraphType<StringGraphType>>("message")
            .Description("The cause, and what to do.")
            .Resolve(context => context.Source.Message);
    }
}

/// <summary>A passage.</summary>
internal sealed class PassageType : ObjectGraphType<PassageDto>
{
    public PassageType()
    {
        Name = "Passage";
        Description = "A part of a document.";
        Field<NonNullGraphType<IdGraphType>>("documentId")
            .Description("The id of its document.")
            .Resolve(context => context.Source.DocumentId);
        Field<NonNullGraphType<StringGraphType>>("title")
            .Description("The title of its document.")
            .Resolve(context => context.Source.Title);
        Field<NonNullGraphType<IntGraphType>>("number")
            .Description("Its number in the document, from 1.")
            .Resolve(context => context.Source.Number);
        Field<StringGraphType>("heading")
            .Description("The headings above it, outermost first.")
            .Resolve(context => context.Source.Heading);
        Field<IntGraphType>("page")
            .Description("The page on which it begins, from 1.")
            .Resolve(context => context.Source.Page);
        Field<NonNullGraphType<StringGraphType>>("text")
            .Description("Its text.")
            .Resolve(context => context.Source.Text);
        Field<FloatGraphType>("score")
            .Description("Of a search: its score, only comparable within the search.")
            .Resolve(context => (double?)context.Source.Score);
    }
}
