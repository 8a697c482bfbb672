namespace QrAi.Application.Documents;

/// <summary>The media types of files that can be read.</summary>
public static class DocumentMediaTypes
{
    /// <summary>Plain text.</summary>
    public const string PlainText = "text/plain";

    /// <summary>Markdown.</summary>
    public const string Markdown = "text/markdown";

    /// <summary>HTML.</summary>
    public const string Html = "text/html";

    /// <summary>Comma-separated values.</summary>
    public const string Csv = "text/csv";

    /// <summary>PDF.</summary>
    public const string Pdf = "application/pdf";

    /// <summary>Word (docx).</summary>
    public const string Word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [PlainText, Markdown, Html, Csv, Pdf, Word];
}
