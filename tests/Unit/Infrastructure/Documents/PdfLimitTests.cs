using System.Text;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;
using static QrAi.Tests.Unit.Support.Documents.PdfFile;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

/// <summary>Files that would take too much memory or time.</summary>
public sealed class PdfLimitTests
{
    [Test]
    public void Too_many_pages_are_too_large()
    {
        var file = new PdfFile()
            .Page(Latin(72, 700, "a"))
            .Page(Latin(72, 700, "b"))
            .Page(Latin(72, 700, "c"))
            .ToArray();

        DocumentReading
            .Fail(DocumentMediaTypes.Pdf, file, new DocumentLimits { Pages = 2 })
            .ShouldBe(DocumentError.TooLarge);
        DocumentReading.Read(DocumentMediaTypes.Pdf, file, new DocumentLimits { Pages = 3 }).Pages.ShouldBe(3);
    }

    [Test]
    public void A_stream_that_unpacks_to_too_much_is_too_large()
    {
        var limits = new DocumentLimits { StreamBytes = 100_000 };
        var file = new PdfFile { IsCompressed = true };

        DocumentReading
            .Read(DocumentMediaTypes.Pdf, file.Page(Latin(72, 700, "x") + new string(' ', 90_000)).ToArray(), limits)
            .Blocks.Count.ShouldBe(1);
        DocumentReading
            .Fail(
                DocumentMediaTypes.Pdf,
                new PdfFile { IsCompressed = true }
                    .Page(Latin(72, 700, "x") + new string(' ', 110_000))
                    .ToArray(),
                limits
            )
            .ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void A_page_that_names_the_same_stream_many_times_is_too_large()
    {
        var file = new PdfFile
        {
            Objects = [Stream(new byte[1000], isCompressed: false)],
            PageEntries = $"/Contents [{string.Concat(Enumerable.Repeat("20 0 R ", 200))}]",
        };

        DocumentReading
            .Fail(DocumentMediaTypes.Pdf, file.Page("").ToArray(), new DocumentLimits { StreamBytes = 100_000 })
            .ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void Forms_that_multiply_text_are_too_large()
    {
        var objects = Enumerable
            .Range(0, 9)
            .Select(level =>
                Stream(
                    Encoding.Latin1.GetBytes(
                        level == 8 ? Latin(72, 700, "x") : string.Concat(Enumerable.Repeat("/Fm0 Do ", 10))
                    ),
                    isCompressed: false,
                    $"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> /XObject << /Fm0 {21 + level} 0 R >> >>"
                )
            );
        var bomb = new PdfFile { Objects = [.. objects], Resources = "/XObject << /Fm0 20 0 R >>" }
            .Page("/Fm0 Do")
            .ToArray();

        DocumentReading
            .Fail(DocumentMediaTypes.Pdf, bomb, new DocumentLimits { Characters = 1000 })
            .ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void Forms_that_contain_each_other_are_too_large()
    {
        static string Form(int other) =>
            Stream(
                "/Fm0 Do"u8.ToArray(),
                isCompressed: false,
                $"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /Fm0 {other} 0 R >> >>"
            );
        var circle = new PdfFile { Objects = [Form(21), Form(20)], Resources = "/XObject << /Fm0 20 0 R >>" }
            .Page("/Fm0 Do")
            .ToArray();

        DocumentReading.Fail(DocumentMediaTypes.Pdf, circle).ShouldBe(DocumentError.TooLarge);
    }

    [TestCase("[", "]")]
    [TestCase("<< /A ", " >>")]
    public void Deep_nesting_is_too_large(string open, string close)
    {
        var nested =
            string.Concat(Enumerable.Repeat(open, 10_000)) + "null" + string.Concat(Enumerable.Repeat(close, 10_000));

        DocumentReading
            .Fail(
                DocumentMediaTypes.Pdf,
                new PdfFile { Information = $"/Title {nested}" }
                    .Page(Latin(72, 700, "x"))
                    .ToArray()
            )
            .ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void Cancellation_stops_between_glyphs()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Should.Throw<OperationCanceledException>(() =>
            DocumentRegistration
                .CreateReaders(DocumentLimits.Default)
                .Single(reader => reader.MediaType == DocumentMediaTypes.Pdf)
                .Read(PdfFile.Of(Latin(72, 700, "x")), source.Token)
        );
    }
}
