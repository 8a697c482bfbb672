using System.Text;
using QrAi.Application.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class MediaTypeDetectorTests
{
    [TestCase("notes.md", DocumentMediaTypes.Markdown)]
    [TestCase("NOTES.MARKDOWN", DocumentMediaTypes.Markdown)]
    [TestCase("notes.csv", DocumentMediaTypes.Csv)]
    [TestCase("notes.tsv", DocumentMediaTypes.Csv)]
    [TestCase("notes.html", DocumentMediaTypes.Html)]
    [TestCase("notes.htm", DocumentMediaTypes.Html)]
    [TestCase("notes.txt", DocumentMediaTypes.PlainText)]
    [TestCase("notes", DocumentMediaTypes.PlainText)]
    [TestCase("notes.pdf", DocumentMediaTypes.PlainText)]
    [TestCase("notes.docx", DocumentMediaTypes.PlainText)]
    [TestCase("", DocumentMediaTypes.PlainText)]
    public void The_name_distinguishes_formats_of_text(string name, string mediaType)
    {
        Detect("# Notes", name).ShouldBe(mediaType);
        Detect("", name).ShouldBe(mediaType);
        Detect(DocumentReading.ShiftJis.GetBytes("議事録"), name).ShouldBe(mediaType);
    }

    [TestCase("<!DOCTYPE html><title>x</title>")]
    [TestCase("\ufeff \r\n<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">")]
    [TestCase("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"><html/>")]
    [TestCase("<!-- saved -->\n<html lang=ja>")]
    [TestCase("<HEAD><TITLE>x</TITLE>")]
    public void Text_that_begins_like_HTML_is_HTML(string content)
    {
        Detect(content, "page.txt").ShouldBe(DocumentMediaTypes.Html);
        Detect(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(content)).ToArray(), "page")
            .ShouldBe(DocumentMediaTypes.Html);
    }

    [TestCase("<htmlish>")]
    [TestCase("<p align=center>A readme</p>")]
    [TestCase("The tag <html> begins a page.")]
    [TestCase("<?xml version=\"1.0\"?><note/>")]
    public void Other_text_is_not_HTML(string content) =>
        Detect(content, "notes.txt").ShouldBe(DocumentMediaTypes.PlainText);

    [TestCase("%PDF-1.7\nx")]
    [TestCase("\ufeff%PDF-1.4")]
    [TestCase("\r\n%PDF-2.0")]
    [TestCase("From: mail\n%PDF-1.4\n1 0 obj\nstartxref")]
    public void A_PDF_is_one_whatever_its_name(string content) =>
        Detect(content, "notes.txt").ShouldBe(DocumentMediaTypes.Pdf);

    [TestCase("A PDF begins with %PDF-1.7.")]
    [TestCase("%PDF-")]
    [TestCase("%PDF-x")]
    public void Text_about_PDF_is_text(string content) =>
        Detect(content, "notes.md").ShouldBe(DocumentMediaTypes.Markdown);

    [Test]
    public void A_Word_document_is_one_whatever_its_name_and_if_it_is_truncated()
    {
        var content = WordFile.Of("<w:p><w:r><w:t>x</w:t></w:r></w:p>");

        Detect(content, "notes.txt").ShouldBe(DocumentMediaTypes.Word);
        Detect(content[..(content.Length / 2)], "notes.docx").ShouldBe(DocumentMediaTypes.Word);
    }

    [Test]
    public void An_encrypted_Word_document_is_one() =>
        Detect(WordFile.Encrypted(), "notes.docx").ShouldBe(DocumentMediaTypes.Word);

    [TestCase("89504E470D0A1A0A0000000D49484452", TestName = "A PNG is not supported")]
    [TestCase("FFD8FFE000104A46494600010101006000", TestName = "A JPEG is not supported")]
    [TestCase("474946383961010001008000000000", TestName = "A GIF is not supported")]
    [TestCase("7F454C4602010100000000000000000003003E00", TestName = "An ELF program is not supported")]
    [TestCase("4D5A90000300000004000000FFFF0000", TestName = "A Windows program is not supported")]
    [TestCase("1F8B08000000000000034BCAC92F4A0500", TestName = "A gzip archive is not supported")]
    [TestCase("D0CF11E0A1B11AE100000000000000003E000300", TestName = "An old Office document is not supported")]
    [TestCase("7B5C727466315C616E7369205465787420", TestName = "RTF is not supported")]
    [TestCase("252150532D41646F62652D332E300A", TestName = "PostScript is not supported")]
    [TestCase("0001020304050607", TestName = "Control characters are not supported")]
    public void Other_formats_are_not_supported_whatever_their_name(string content)
    {
        Detect(Convert.FromHexString(content), "notes.txt").ShouldBeNull();
        Detect(Convert.FromHexString(content), "notes.md").ShouldBeNull();
    }

    [Test]
    public void Many_comments_before_the_text_take_no_time() =>
        Detect(string.Concat(Enumerable.Repeat("<!---->", 500)) + "text", "notes.txt")
            .ShouldBe(DocumentMediaTypes.PlainText);

    [Test]
    public void Other_archives_are_not_supported()
    {
        Detect(WordFile.Archive(("notes.txt", "word")), "notes.docx").ShouldBeNull();
        Detect(WordFile.Archive(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "x")), "a.txt").ShouldBeNull();
    }

    private static string? Detect(string content, string name) => Detect(Encoding.UTF8.GetBytes(content), name);

    private static string? Detect(byte[] content, string name) => MediaTypeDetector.Detect(content, name);
}
