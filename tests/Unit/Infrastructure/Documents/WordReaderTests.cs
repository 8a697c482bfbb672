using System.IO.Compression;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;
using static QrAi.Tests.Unit.Support.Documents.WordFile;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class WordReaderTests
{
    private const string Styles = """
        <w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>
        <w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="Heading 2"/><w:basedOn w:val="1"/></w:style>
        <w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="berschrift2"/></w:style>
        <w:style w:type="paragraph" w:styleId="Level"><w:name w:val="Level"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="Body"><w:name w:val="Body"/><w:basedOn w:val="1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
        <w:style w:type="paragraph" w:styleId="L"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="11"><w:name w:val="toc 1"/></w:style>
        <w:style w:type="paragraph" w:styleId="Round"><w:name w:val="Round"/><w:basedOn w:val="Trip"/></w:style>
        <w:style w:type="paragraph" w:styleId="Trip"><w:name w:val="Trip"/><w:basedOn w:val="Round"/></w:style>
        <w:style w:type="character" w:styleId="H"><w:name w:val="H"/><w:rPr><w:vanish/></w:rPr></w:style>
        """;

    [TestCase("1", "# x")]
    [TestCase("berschrift2", "## x")]
    [TestCase("Mine", "## x")]
    [TestCase("Level", "### x")]
    [TestCase("Body", "x")]
    [TestCase("T", "# x")]
    [TestCase("L", "* x")]
    [TestCase("Round", "x")]
    [TestCase("Unknown", "x")]
    public void Styles_state_what_a_paragraph_is(string style, string block) =>
        Read(Paragraph("x", $"<w:pStyle w:val=\"{style}\"/>")).ShouldBe([block]);

    [TestCase("<w:outlineLvl w:val=\"0\"/>", "# x")]
    [TestCase("<w:pStyle w:val=\"1\"/><w:outlineLvl w:val=\"9\"/>", "x")]
    [TestCase("<w:outlineLvl w:val=\"8\"/>", "###### x")]
    [TestCase("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>", "* x")]
    [TestCase("<w:pStyle w:val=\"L\"/><w:numPr><w:numId w:val=\"0\"/></w:numPr>", "x")]
    [TestCase("<w:pStyle w:val=\"1\"/><w:numPr><w:numId w:val=\"1\"/></w:numPr>", "# x")]
    public void Properties_of_a_paragraph_override_its_style(string properties, string block) =>
        Read(Paragraph("x", properties)).ShouldBe([block]);

    [Test]
    public void A_strict_document_is_read() =>
        Outline(Strict(WordFile.Of(Paragraph("Head", "<w:pStyle w:val=\"1\"/>") + Paragraph("text"), Styles)))
            .ShouldBe(["# Head", "text"]);

    [Test]
    public void Tables_of_contents_are_left_out() =>
        Read(Paragraph("Chapter 1 .... 5", "<w:pStyle w:val=\"11\"/>") + Paragraph("text")).ShouldBe(["text"]);

    [Test]
    public void Runs_are_joined_with_their_spaces_tabs_and_breaks() =>
        Read(
                $"<w:p>{Run("one")}{Run(" ")}{Run("two")}<w:r><w:tab/><w:t>three</w:t><w:br/><w:t>東京</w:t><w:br/><w:t>大阪</w:t>"
                    + "<w:noBreakHyphen/><w:t>x</w:t><w:softHyphen/></w:r></w:p>"
            )
            .ShouldBe(["one two three 東京 大阪-x"]);

    [Test]
    public void Links_fields_and_insertions_are_read() =>
        Read(
                $"<w:p><w:hyperlink>{Run("link")}</w:hyperlink><w:ins>{Run(" new")}</w:ins>"
                    + $"<w:r><w:instrText>PAGE</w:instrText></w:r>{Run(" 5")}<w:sdt><w:sdtPr><w:alias w:val=\"a\"/></w:sdtPr>"
                    + $"<w:sdtContent>{Run(" control")}</w:sdtContent></w:sdt><m:oMath><m:r><m:t> x+y</m:t></m:r></m:oMath></w:p>"
            )
            .ShouldBe(["link new 5 control x+y"]);

    [TestCase("<w:del><w:r><w:delText>x</w:delText></w:r></w:del>")]
    [TestCase("<w:del><w:r><w:t>x</w:t></w:r></w:del>")]
    [TestCase("<w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom>")]
    [TestCase("<w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t><w:tab/></w:r>")]
    [TestCase("<w:r><w:rPr><w:rStyle w:val=\"H\"/></w:rPr><w:t>x</w:t></w:r>")]
    [TestCase("<w:ruby><w:rt><w:r><w:t>x</w:t></w:r></w:rt><w:rubyBase></w:rubyBase></w:ruby>")]
    [TestCase("<mc:AlternateContent><mc:Fallback><w:r><w:t>x</w:t></w:r></mc:Fallback></mc:AlternateContent>")]
    public void Deleted_and_hidden_text_and_readings_are_left_out(string run) =>
        Read($"<w:p>{Run("a")}{run}{Run("b")}</w:p>").ShouldBe(["ab"]);

    [Test]
    public void Hiding_may_be_switched_off() =>
        Read($"<w:p>{Run("x", "<w:vanish w:val=\"0\"/>")}</w:p>").ShouldBe(["x"]);

    [Test]
    public void Notes_follow_the_paragraph_that_refers_to_them() =>
        Outline(
                WordFile.Of(
                    $"<w:p>{Run("text")}<w:r><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>"
                        + $"<w:p>{Run("more")}<w:r><w:endnoteReference w:id=\"2\"/><w:footnoteReference w:id=\"9\"/></w:r></w:p>",
                    footnotes: $"<w:footnote w:type=\"separator\" w:id=\"0\">{Paragraph("-")}</w:footnote>"
                        + $"<w:footnote w:id=\"2\">{Paragraph("foot")}</w:footnote>",
                    endnotes: $"<w:endnote w:id=\"2\">{Paragraph("end")}{Paragraph("end 2")}</w:endnote>"
                )
            )
            .ShouldBe(["text", "foot", "more", "end", "end 2"]);

    [Test]
    public void Text_boxes_follow_the_paragraph_that_they_are_anchored_to_and_are_read_once() =>
        Read(
                $"<w:p>{Run("anchor")}<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><wps:txbx><w:txbxContent>"
                    + $"{Paragraph("box", "<w:pStyle w:val=\"1\"/>")}{Paragraph("inside")}</w:txbxContent></wps:txbx></mc:Choice>"
                    + $"<mc:Fallback><v:textbox><w:txbxContent>{Paragraph("box")}</w:txbxContent></v:textbox></mc:Fallback>"
                    + $"</mc:AlternateContent></w:r>{Run(" end")}</w:p>{Paragraph("after")}"
            )
            .ShouldBe(["anchor end", "# box", "inside", "after"]);

    [Test]
    public void Rows_of_tables_have_their_headers() =>
        Read(
                $"<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>{Cell("Name")}{Cell("Age")}</w:tr>"
                    + $"{Row("Sato", "42")}<w:tr><w:tc>{Paragraph("Tanaka")}{Paragraph("Ken")}</w:tc>{Cell("")}</w:tr></w:tbl>"
            )
            .ShouldBe(["| Name: Sato; Age: 42", "| Name: Tanaka Ken"]);

    [Test]
    public void Merged_cells_belong_to_each_row_and_column() =>
        Read(
                $"<w:tbl>{Row("City", "Year", "Sales")}<w:tr>{Cell("Tokyo", "<w:vMerge w:val=\"restart\"/>")}{Cell("2023")}{Cell("1")}</w:tr>"
                    + $"<w:tr>{Cell("", "<w:vMerge/>")}{Cell("2024")}{Cell("2")}</w:tr>"
                    + $"<w:tr>{Cell("Total", "<w:gridSpan w:val=\"2\"/>")}{Cell("3")}</w:tr></w:tbl>"
            )
            .ShouldBe([
                "| City: Tokyo; Year: 2023; Sales: 1",
                "| City: Tokyo; Year: 2024; Sales: 2",
                "| City: Total; Sales: 3",
            ]);

    [Test]
    public void Tables_for_layout_are_read_by_their_cells() =>
        Read(
                $"<w:tbl><w:tr><w:tc>{Paragraph("Head", "<w:pStyle w:val=\"1\"/>")}{Paragraph("text")}</w:tc>{Cell("side")}</w:tr></w:tbl>"
                    + $"<w:tbl>{Row("box")}</w:tbl><w:tbl><w:tr><w:tc>{Paragraph("in")}<w:tbl>{Row("a", "1")}{Row("b", "2")}</w:tbl></w:tc>{Cell("x")}</w:tr></w:tbl>"
            )
            .ShouldBe(["# Head", "text", "side", "box", "in", "| a; 1", "| b; 2", "x"]);

    [TestCase("Stated", "Stated")]
    [TestCase("", "Styled")]
    public void The_title_is_stated_or_styled(string stated, string title) =>
        DocumentReading
            .Read(
                DocumentMediaTypes.Word,
                WordFile.Of(
                    Paragraph("First", "<w:pStyle w:val=\"1\"/>") + Paragraph("Styled", "<w:pStyle w:val=\"T\"/>"),
                    Styles,
                    title: stated
                )
            )
            .Title.ShouldBe(title);

    [Test]
    public void A_link_to_a_malformed_address_does_no_harm() =>
        Outline(
                WordFile.Of(
                    Paragraph("text"),
                    relationships: "<Relationship Id=\"r9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink\" Target=\"mailto:a@[b, c\" TargetMode=\"External\"/>"
                )
            )
            .ShouldBe(["text"]);

    [Test]
    public void An_encrypted_document_is_named_as_such() =>
        DocumentReading.Fail(DocumentMediaTypes.Word, Encrypted()).ShouldBe(DocumentError.Encrypted);

    [Test]
    public void A_document_without_text_is_named_as_such() =>
        DocumentReading.Fail(DocumentMediaTypes.Word, WordFile.Of("<w:p/>")).ShouldBe(DocumentError.NoText);

    [Test]
    public void Too_many_parts_are_too_large()
    {
        var content = WordFile.Of(Paragraph("x"));

        DocumentReading
            .Fail(DocumentMediaTypes.Word, content, new DocumentLimits { Parts = 7 })
            .ShouldBe(DocumentError.TooLarge);
        DocumentReading
            .Read(DocumentMediaTypes.Word, content, new DocumentLimits { Parts = 8 })
            .Blocks.Count.ShouldBe(1);
    }

    [Test]
    public void A_document_that_unpacks_to_too_much_is_too_large() =>
        DocumentReading
            .Fail(
                DocumentMediaTypes.Word,
                WordFile.Of(Paragraph(new string(' ', 1_000_000))),
                new DocumentLimits { UnpackedBytes = 900_000 }
            )
            .ShouldBe(DocumentError.TooLarge);

    [Test]
    public void A_part_that_unpacks_to_more_than_it_declares_is_not_unpacked_further()
    {
        var content = WordFile.Of(Paragraph("x") + new string(' ', 1_000_000), level: CompressionLevel.Fastest);
        // The size of the document is at the same place in the directory of the archive, wherever it is.
        var entry = content.AsSpan().LastIndexOf("word/document.xml"u8) - 46;
        BitConverter.TryWriteBytes(content.AsSpan(entry + 24), 500);

        Should
            .Throw<Exception>(() =>
                DocumentReading.Read(DocumentMediaTypes.Word, content, new DocumentLimits { UnpackedBytes = 100_000 })
            )
            .ShouldNotBeOfType<OutOfMemoryException>();
    }

    [Test]
    public void Deep_nesting_is_too_large()
    {
        var open = string.Concat(Enumerable.Repeat("<w:sdt><w:sdtContent>", 1000));
        var close = string.Concat(Enumerable.Repeat("</w:sdtContent></w:sdt>", 1000));

        DocumentReading
            .Fail(DocumentMediaTypes.Word, WordFile.Of(open + Paragraph("x") + close))
            .ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void Text_that_is_too_long_is_too_large_before_its_table_ends() =>
        DocumentReading
            .Fail(
                DocumentMediaTypes.Word,
                WordFile.Of($"<w:tbl>{Row("123456")}{Row("123456")}</w:tbl>"),
                new DocumentLimits { Characters = 10 }
            )
            .ShouldBe(DocumentError.TooLarge);

    private static string[] Read(string body) => Outline(WordFile.Of(body, Styles));

    private static string[] Outline(byte[] content) => DocumentReading.Read(DocumentMediaTypes.Word, content).Outline();
}
