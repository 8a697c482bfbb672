using System.Text;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Tests.Unit.Support.Documents;
using static QrAi.Tests.Unit.Support.Documents.PdfFile;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class PdfReaderTests
{
    private static readonly string[] Constitution =
    [
        "　日本国民は、正当に選挙された国会における代表者を",
        "通じて行動し、われらとわれらの子孫のために、諸国民",
        "との協和による成果を確保する。",
        "　そもそも国政は、国民の厳粛な信託によるものであつ",
        "て、その権威は国民に由来する。",
    ];

    private static readonly string[] ConstitutionParagraphs =
    [
        "日本国民は、正当に選挙された国会における代表者を通じて行動し、われらとわれらの子孫のために、諸国民との協和による成果を確保する。",
        "そもそも国政は、国民の厳粛な信託によるものであつて、その権威は国民に由来する。",
    ];

    [Test]
    public void Lines_become_paragraphs_and_hyphens_at_their_end_disappear() =>
        Read([
                .. Lines(
                    72,
                    700,
                    12,
                    "The first paragraph has a word that is hyphen-",
                    "ated, and goes on. It ends here."
                ),
                .. Lines(72, 660, 12, "The second one is about the well-", "Known case."),
            ])
            .ShouldBe([
                "The first paragraph has a word that is hyphenated, and goes on. It ends here.",
                "The second one is about the well- Known case.",
            ]);

    [TestCase("UniJIS-UCS2-H")]
    [TestCase("90ms-RKSJ-H")]
    public void Japanese_lines_are_joined_without_spaces_and_split_at_indents(string encoding) =>
        Read([
                .. Constitution.Select(
                    (line, row) =>
                        encoding == "90ms-RKSJ-H"
                            ? PdfFile.ShiftJis(72, 700 - 18 * row, line)
                            : Japanese(72, 700 - 18 * row, line)
                ),
            ])
            .ShouldBe(ConstitutionParagraphs);

    [Test]
    public void Vertical_Japanese_text_is_read_from_right_to_left() =>
        Read([.. Constitution.Select((line, column) => Japanese(500 - 18 * column, 700, line, isVertical: true))])
            .ShouldBe(ConstitutionParagraphs);

    [Test]
    public void Columns_are_read_one_after_the_other_below_a_title_and_in_any_order_of_the_file()
    {
        var left = Lines(
            72,
            700,
            14,
            "The left column begins with",
            "this sentence and goes on to",
            "its last line in this place."
        );
        var right = Lines(
            320,
            707,
            14,
            "The right column begins with",
            "another sentence which goes",
            "on to the end of the article."
        );

        Read([
                .. right.Zip(left).SelectMany(pair => new[] { pair.First, pair.Second }),
                Latin(72, 760, "A title that is set over both of the columns", 18),
            ])
            .ShouldBe([
                "# A title that is set over both of the columns",
                "The left column begins with this sentence and goes on to its last line in this place.",
                "The right column begins with another sentence which goes on to the end of the article.",
            ]);
    }

    [Test]
    public void Rows_of_tables_have_their_headers() =>
        Read([
                .. Row(700, "Name", "Age", "City"),
                .. Row(685, "Sato", "42", "Tokyo"),
                .. Row(670, "Tanaka", "", "Osaka"),
                .. Row(655, "Mori", "7", "Kobe"),
            ])
            .ShouldBe([
                "| Name: Sato; Age: 42; City: Tokyo",
                "| Name: Tanaka; City: Osaka",
                "| Name: Mori; Age: 7; City: Kobe",
            ]);

    [Test]
    public void Headings_are_found_by_the_size_of_their_font() =>
        Read([
                Latin(72, 780, "Report", 24),
                Latin(72, 740, "Part one", 14),
                .. Lines(72, 720, 12, "Text of the first part that is", "longer than its heading is."),
                Latin(72, 680, "Part two", 14),
                .. Lines(72, 660, 12, "Text of the second part that is", "longer than its heading is."),
            ])
            .ShouldBe([
                "# Report",
                "## Part one",
                "Text of the first part that is longer than its heading is.",
                "## Part two",
                "Text of the second part that is longer than its heading is.",
            ]);

    [Test]
    public void Items_of_lists_are_found_by_their_labels() =>
        Read([
                Latin(72, 700, "1."),
                Latin(100, 700, "The first item is long and runs on"),
                Latin(100, 688, "to a second line."),
                Latin(72, 676, "2. The second item"),
                Japanese(72, 650, "・三番目の項目"),
            ])
            .ShouldBe([
                "* 1. The first item is long and runs on to a second line.",
                "* 2. The second item",
                "* 三番目の項目",
            ]);

    [Test]
    public void Words_are_separated_by_the_gaps_between_them()
    {
        Read([Latin(72, 700, "one"), Latin(94, 700, "two")]).ShouldBe(["one two"]);
        Read(["BT /F1 10 Tf 72 700 Td [(sp) -50 (lit) -300 (word)] TJ ET"]).ShouldBe(["split word"]);
        Read([Latin(72, 700, "bold"), Latin(72.3, 700, "bold")]).ShouldBe(["bold"]);
    }

    [Test]
    public void Headers_footers_and_page_numbers_are_left_out()
    {
        var file = new PdfFile();
        for (var page = 1; page <= 5; page++)
            file.Page(
                Latin(72, 810, $"Annual report   Chapter {page}", 8),
                Latin(72, 700, $"Text of page {(char)('a' + page)}."),
                Latin(280, 30, $"- {page} -", 8),
                Latin(400, 40, "Confidential", 8)
            );

        var document = DocumentReading.Read(DocumentMediaTypes.Pdf, file.ToArray());

        document.Pages.ShouldBe(5);
        document
            .Blocks.Select(block => (block.Page, block.Text))
            .ShouldBe([
                (1, "Text of page b."),
                (2, "Text of page c."),
                (3, "Text of page d."),
                (4, "Text of page e."),
                (5, "Text of page f."),
            ]);
    }

    [Test]
    public void Headers_that_change_are_found_by_their_page_numbers()
    {
        string[] chapters = ["Introduction", "Methods", "Results", "Discussion"];
        var file = new PdfFile();
        for (var page = 0; page < 4; page++)
            file.Page(Latin(72, 810, chapters[page]), Latin(500, 810, $"{page + 17}"), Latin(72, 700, $"Text {page}."));

        DocumentReading
            .Read(DocumentMediaTypes.Pdf, file.ToArray())
            .Outline()
            .ShouldBe(["Text 0.", "Text 1.", "Text 2.", "Text 3."]);
    }

    [TestCase(90, 0, 1, -1, 0)]
    [TestCase(180, -1, 0, 0, -1)]
    [TestCase(270, 0, -1, 1, 0)]
    public void Text_of_rotated_pages_and_rotated_text_are_read(int rotation, int a, int b, int c, int d)
    {
        var rotated = $"BT /F1 10 Tf {a} {b} {c} {d} 300 400 Tm (one) Tj 0 -12 Td (two) Tj ET";

        Read([rotated]).ShouldBe(["one two"]);
        DocumentReading
            .Read(
                DocumentMediaTypes.Pdf,
                new PdfFile { PageEntries = $"/Rotate {rotation}" }
                    .Page(rotated)
                    .ToArray()
            )
            .Outline()
            .ShouldBe(["one two"]);
    }

    [Test]
    public void Diagonal_watermarks_and_text_outside_the_page_are_left_out() =>
        Read([
                "BT /F1 60 Tf 0.7 0.7 -0.7 0.7 100 100 Tm (DRAFT) Tj ET",
                Latin(72, 900, "above"),
                Latin(72, 700, "text"),
            ])
            .ShouldBe(["text"]);

    [Test]
    public void Forms_are_read() =>
        DocumentReading
            .Read(DocumentMediaTypes.Pdf, WithForm(Latin(72, 700, "in a form"), "/Fm0 Do"))
            .Outline()
            .ShouldBe(["in a form"]);

    [TestCase("/Title (The report)", "The report")]
    [TestCase("/Title <FEFF8B704E8B9332>", "議事録")]
    [TestCase("/Title (Microsoft Word - report.docx)", "Heading")]
    [TestCase("/Title (report.indd)", "Heading")]
    [TestCase("", "Heading")]
    public void The_title_is_stated_or_the_first_heading(string information, string title) =>
        DocumentReading
            .Read(
                DocumentMediaTypes.Pdf,
                new PdfFile { Information = information }
                    .Page([
                        Latin(72, 760, "Heading", 20),
                        .. Lines(72, 700, 12, "A text that is longer.", "It has two lines."),
                    ])
                    .ToArray()
            )
            .Title.ShouldBe(title);

    [Test]
    public void A_scan_has_no_text()
    {
        var image = Stream(
            [0],
            isCompressed: false,
            "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        );
        var scan = new PdfFile { Objects = [image], Resources = "/XObject << /Im0 20 0 R >>" }
            .Page("q 595 0 0 842 0 0 cm /Im0 Do Q")
            .ToArray();

        DocumentReading.Fail(DocumentMediaTypes.Pdf, scan).ShouldBe(DocumentError.NoText);
    }

    [Test]
    public void A_file_with_a_password_is_named_as_such()
    {
        var encrypted = Encoding
            .Latin1.GetString(PdfFile.Of(Latin(72, 700, "x")))
            .Replace(
                "/Root 1 0 R",
                $"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{new string('1', 64)}> /U <{new string('2', 64)}> >> /Root 1 0 R"
            );

        DocumentReading
            .Fail(DocumentMediaTypes.Pdf, Encoding.Latin1.GetBytes(encrypted))
            .ShouldBe(DocumentError.Encrypted);
    }

    private static byte[] WithForm(string content, string operators) =>
        new PdfFile
        {
            Objects =
            [
                Stream(
                    Encoding.Latin1.GetBytes(content),
                    isCompressed: true,
                    "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
                ),
            ],
            Resources = "/XObject << /Fm0 20 0 R >>",
        }
            .Page(operators)
            .ToArray();

    private static string[] Lines(double x, double y, double leading, params string[] lines) =>
        [.. lines.Select((line, row) => Latin(x, y - leading * row, line))];

    private static string[] Row(double y, params string[] cells) =>
        [.. cells.Select((cell, column) => Latin(72 + 120 * column, y, cell))];

    private static string[] Read(string[] operators) =>
        DocumentReading.Read(DocumentMediaTypes.Pdf, PdfFile.Of(operators)).Outline();
}
