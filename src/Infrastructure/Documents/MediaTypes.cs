namespace QrAi.Infrastructure.Documents;

/// <summary>The media types that can be read.</summary>
internal static class MediaTypes
{
    public const string PlainText = "text/plain";

    public const string Markdown = "text/markdown";

    public const string Html = "text/html";

    public const string Csv = "text/csv";

    public const string Pdf = "application/pdf";

    public const string Word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
}
