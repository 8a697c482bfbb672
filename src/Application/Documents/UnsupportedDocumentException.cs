namespace QrAi.Application.Documents;

/// <summary>Thrown when the format of a file is not supported. Nothing was changed.</summary>
public sealed class UnsupportedDocumentException()
    : Exception("The file is not Markdown, plain text, HTML, PDF, Word (docx) or CSV.");
