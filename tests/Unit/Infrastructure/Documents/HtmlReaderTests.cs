using System.Text;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Infrastructure.Documents;
using QrAi.Tests.Unit.Support.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class HtmlReaderTests
{
    [Test]
    public void Headings_paragraphs_and_items_are_read_in_order() =>
        Read("<h1>One</h1>two<p>three <b>four</b>\nfive<ul><li>six<li><p>seven</p></ul><div>eight</div><h2>nine</h2>")
            .ShouldBe(["# One", "two", "three four five", "* six", "* seven", "eight", "## nine"]);

    [TestCase("<nav>x</nav>")]
    [TestCase("<header>x</header>")]
    [TestCase("<footer>x</footer>")]
    [TestCase("<aside>x</aside>")]
    [TestCase("<script>x</script>")]
    [TestCase("<style>x</style>")]
    [TestCase("<template><p>x</p></template>")]
    [TestCase("<noscript>x</noscript>")]
    [TestCase("<!-- x -->")]
    [TestCase("<p hidden>x</p>")]
    [TestCase("<div aria-hidden='true'>x</div>")]
    [TestCase("<div style='color: red; display : none'>x</div>")]
    [TestCase("<div role='navigation'>x</div>")]
    [TestCase("<select><option>x</option></select>")]
    [TestCase("<svg><text>x</text></svg>")]
    [TestCase("<button>x</button>")]
    public void What_is_not_content_is_left_out(string html) =>
        Read($"<p>before</p>{html}<p>after</p>").ShouldBe(["before", "after"]);

    [Test]
    public void The_main_element_is_preferred_where_it_has_most_of_the_text() =>
        Read("<div>menu</div><main><header><h1>Title</h1></header><p>The text of the page.</p></main><div>legal</div>")
            .ShouldBe(["# Title", "The text of the page."]);

    [Test]
    public void The_whole_body_is_read_where_the_main_element_has_little_of_it() =>
        Read("<div>A long text that stands outside.</div><main>short</main>")
            .ShouldBe(["A long text that stands outside.", "short"]);

    [Test]
    public void Line_breaks_separate_words_and_two_of_them_separate_paragraphs() =>
        Read("東京都<br>千代田区<br>\n<br/>one<br>two").ShouldBe(["東京都 千代田区", "one two"]);

    [Test]
    public void Lines_of_the_source_are_joined_as_their_script_requires() =>
        Read("<p>東京は\n日本の<b>\n首都</b> one\ntwo</p>").ShouldBe(["東京は日本の首都 one two"]);

    [Test]
    public void Code_keeps_its_lines() => Read("<pre>a\n  b<br>c &lt;</pre>").ShouldBe(["a\n  b\nc <"]);

    [Test]
    public void Images_are_read_by_their_alternative_text_and_ruby_by_its_base() =>
        Read("<p>a<img alt='b' src='x.png'>c<img src='y.png'> <ruby>漢<rp>(</rp><rt>かん</rt></ruby>字</p>")
            .ShouldBe(["a b c 漢字"]);

    [Test]
    public void Rows_of_tables_have_their_headers() =>
        Read("<table><caption>People</caption><tr><th>Name<th>Age<tr><td>Sato<td>42<tr><td>Tanaka<br>Ken<td>7</table>")
            .ShouldBe(["People", "| Name: Sato; Age: 42", "| Name: Tanaka Ken; Age: 7"]);

    [Test]
    public void Cells_that_span_rows_and_columns_belong_to_each_of_them() =>
        Read(
                "<table><thead><tr><th rowspan=2>City<th colspan=2>Sales<tr><th>2023<th>2024</thead>"
                    + "<tbody><tr><td rowspan=2>Tokyo<td>1<td>2<tr><td>3<td>4</table>"
            )
            .ShouldBe(["| City: Tokyo; Sales 2023: 1; Sales 2024: 2", "| City: Tokyo; Sales 2023: 3; Sales 2024: 4"]);

    [Test]
    public void A_first_row_of_names_is_a_header_without_being_marked() =>
        Read("<table><tr><td>Name<td>Age<tr><td>Sato<td>42</table>").ShouldBe(["| Name: Sato; Age: 42"]);

    [TestCase("<table><tr><td><h2>Left</h2><p>one</p><td>two</table>", "## Left|one|two")]
    [TestCase("<table><tr><td>outer<table><tr><td>a<td>1<tr><td>b<td>2</table><td>x</table>", "outer|| a; 1|| b; 2|x")]
    [TestCase("<table><tr><td>one<tr><td>two</table>", "one|two")]
    [TestCase("<table role=presentation><tr><td>one<td>two</table>", "one|two")]
    public void Tables_for_layout_are_read_by_their_cells(string html, string blocks) =>
        string.Join('|', Read(html)).ShouldBe(blocks);

    [TestCase("<title> The\n title </title><h1>Heading</h1>", "The title")]
    [TestCase("<h1>Heading</h1>", "Heading")]
    [TestCase("<p>text", null)]
    public void The_title_is_stated_or_the_first_heading(string html, string? title) =>
        DocumentReading.Read(DocumentMediaTypes.Html, html + "<p>x").Title.ShouldBe(title);

    [TestCase("shift_jis", "<meta charset=Shift_JIS>")]
    [TestCase("euc-jp", "<meta http-equiv='Content-Type' content='text/html; charset=EUC-JP'>")]
    [TestCase("iso-2022-jp", "<meta charset='iso-2022-jp'>")]
    [TestCase("iso-2022-jp", "")]
    [TestCase("shift_jis", "")]
    [TestCase("utf-8", "")]
    [TestCase("utf-8", "<meta charset=shift_jis>")]
    [TestCase("shift_jis", "<meta charset=utf-8>")]
    [TestCase("shift_jis", "<meta charset=nonsense>")]
    [TestCase("shift_jis", "<meta charset=utf-7>")]
    [TestCase("utf-8", "<meta charset=utf-16>")]
    [TestCase("utf-16", "")]
    public void The_encoding_is_declared_or_detected(string encoding, string declaration)
    {
        _ = DocumentReading.ShiftJis;
        var html =
            $"<html><head>{declaration}<title>議事録</title></head><body><p>本日の会議は中止です。</p></body></html>";

        var document = DocumentReading.Read(DocumentMediaTypes.Html, Encoding.GetEncoding(encoding).GetBytes(html));

        document.Title.ShouldBe("議事録");
        document.Outline().ShouldBe(["本日の会議は中止です。"]);
    }

    [Test]
    public void Latin_1_means_Windows_1252() =>
        DocumentReading
            .Read(DocumentMediaTypes.Html, [.. "<meta charset=iso-8859-1><p>"u8, 0x80, 0xe9])
            .Outline()
            .ShouldBe(["€é"]);

    [Test]
    public void A_declared_encoding_that_could_be_another_is_obeyed() =>
        DocumentReading
            .Read(DocumentMediaTypes.Html, [.. "<meta charset=windows-1251><p>"u8, 0xcc, 0xe8, 0xf0])
            .Outline()
            .ShouldBe(["Мир"]);

    [TestCase("<div>")]
    [TestCase("<ul><li>")]
    [TestCase("<table><tr><td>")]
    [TestCase("<b>")]
    [TestCase("<a><div>")]
    public void Deep_nesting_is_too_large(string element) =>
        DocumentReading
            .Fail(DocumentMediaTypes.Html, string.Concat(Enumerable.Repeat(element, 100_000)) + "x")
            .ShouldBe(DocumentError.TooLarge);

    [Test]
    public void Elements_that_the_parser_multiplies_are_too_large()
    {
        var open = string.Concat(Enumerable.Range(0, 200).Select(size => $"<font size={size}>"));

        DocumentReading
            .Fail(
                DocumentMediaTypes.Html,
                open + string.Concat(Enumerable.Repeat("</p><p>", 100)),
                new DocumentLimits { Elements = 250 }
            )
            .ShouldBe(DocumentError.TooLarge);
    }

    [Test]
    public void A_cell_that_is_repeated_without_end_is_too_large() =>
        DocumentReading
            .Fail(
                DocumentMediaTypes.Html,
                $"<table><tr><td rowspan=65534>{new string('x', 1000)}<td>1{string.Concat(Enumerable.Repeat("<tr><td>2", 100))}",
                new DocumentLimits { Characters = 20_000 }
            )
            .ShouldBe(DocumentError.TooLarge);

    [Test]
    public void Cells_that_span_many_columns_take_no_memory_for_them()
    {
        var html = "<table>" + string.Concat(Enumerable.Repeat("<tr><td colspan=1000>x<td>y", 20_000)) + "</table>";
        var before = GC.GetAllocatedBytesForCurrentThread();

        Read(html).Length.ShouldBe(20_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(400_000_000);
    }

    [TestCase("")]
    [TestCase("<html><head><title>Only a title</title></head><body><script>x()</script></body></html>")]
    [TestCase("<img src=scan.png>")]
    public void A_page_without_text_is_named_as_such(string html) =>
        DocumentReading.Fail(DocumentMediaTypes.Html, html).ShouldBe(DocumentError.NoText);

    private static string[] Read(string html) => DocumentReading.Read(DocumentMediaTypes.Html, html).Outline();
}
