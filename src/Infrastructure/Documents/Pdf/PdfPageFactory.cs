using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Geometry;
using UglyToad.PdfPig.Graphics.Operations;
using UglyToad.PdfPig.Outline.Destinations;
using UglyToad.PdfPig.Parser;
using UglyToad.PdfPig.Tokenization.Scanner;
using UglyToad.PdfPig.Tokens;

namespace QrAi.Infrastructure.Documents.Pdf;

/// <summary>Reads the glyphs of pages, and neither paths nor images. PdfPig creates it with these parameters.</summary>
internal sealed class PdfPageFactory(
    IPdfTokenScanner pdfScanner,
    IResourceStore resourceStore,
    ILookupFilterProvider filterProvider,
    IPageContentParser pageContentParser,
    ParsingOptions parsingOptions
)
    : BasePageFactory<PdfPageGlyphs>(pdfScanner, resourceStore, filterProvider, pageContentParser, parsingOptions),
        IPageFactory<PdfPageGlyphs>
{
    private PdfBudget Budget => ((PdfFilters)ParsingOptions.FilterProvider!).Budget;

    PdfPageGlyphs IPageFactory<PdfPageGlyphs>.Create(
        int number,
        DictionaryToken dictionary,
        PageTreeMembers pageTreeMembers,
        NamedDestinations namedDestinations
    )
    {
        Budget.BeginPage();
        CheckContents(dictionary);
        return Create(number, dictionary, pageTreeMembers, namedDestinations);
    }

    protected override PdfPageGlyphs ProcessPage(
        int pageNumber,
        DictionaryToken dictionary,
        NamedDestinations namedDestinations,
        MediaBox mediaBox,
        CropBox cropBox,
        UserSpaceUnit userSpaceUnit,
        PageRotationDegrees rotation,
        TransformationMatrix initialMatrix,
        IReadOnlyList<IGraphicsStateOperation> operations
    )
    {
        var processor = new PdfGlyphProcessor(
            pageNumber,
            ResourceStore,
            PdfScanner,
            PageContentParser,
            FilterProvider,
            cropBox,
            userSpaceUnit,
            rotation,
            initialMatrix,
            ParsingOptions,
            Budget
        );
        return processor.Process(pageNumber, operations);
    }

    // The content of a page may be an array that names the same stream many times. The library joins them all.
    private void CheckContents(DictionaryToken dictionary)
    {
        if (
            !dictionary.TryGet(NameToken.Contents, out var contents)
            || (contents is IndirectReferenceToken reference ? PdfScanner.Get(reference.Data)?.Data : contents)
                is not ArrayToken streams
        )
            return;
        var total = 0L;
        foreach (var stream in streams.Data.OfType<IndirectReferenceToken>())
            if (PdfScanner.Get(stream.Data)?.Data is StreamToken content)
                if ((total += content.Data.Length) > Budget.StreamBytes)
                    throw PdfBudget.TooLarge();
    }
}
