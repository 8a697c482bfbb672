using Microsoft.Extensions.DependencyInjection;
using QrAi.Application.Documents;
using QrAi.Infrastructure.Documents.Html;
using QrAi.Infrastructure.Documents.Pdf;
using QrAi.Infrastructure.Documents.Word;

namespace QrAi.Infrastructure.Documents;

/// <summary>Registers the readers of documents.</summary>
public static class DocumentRegistration
{
    /// <summary>Adds <see cref="IDocumentFormats"/> with a reader for each format.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="timeout">The time limit of reading one file.</param>
    public static IServiceCollection AddDocumentFormats(this IServiceCollection services, TimeSpan timeout) =>
        services.AddSingleton<IDocumentFormats>(provider => new DocumentFormats(
            CreateReaders(DocumentLimits.Default),
            timeout,
            provider.GetRequiredService<TimeProvider>()
        ));

    /// <summary>Creates the reader of each format.</summary>
    /// <param name="limits">The limits.</param>
    internal static IDocumentReader[] CreateReaders(DocumentLimits limits) =>
        [
            new PlainTextReader(limits),
            new MarkdownReader(limits),
            new HtmlReader(limits),
            new CsvReader(limits),
            new WordReader(limits),
            new PdfReader(limits),
        ];
}
