using QrAi.Application.Documents;
using QrAi.Domain.Documents;
using QrAi.Tests.Unit.Support.Documents;

namespace QrAi.Tests.Unit.Infrastructure.Documents;

public sealed class MarkdownReaderTests
{
    [Test]
    public void Headings_have_their_level() =>
        Read("# One *two* `three`\n\nFour\n====\n\n### Five ###\n").ShouldBe(["# One two three", "# Four", "### Five"]);

    [Test]
    public void Emphasis_links_images_and_entities_leave_their_text() =>
        Read("A **b** [c](http://x) ![d](e.png) &amp; a\\*b ~~f~~ <http://g.h>\nsecond <b>i</b><br>j $x^2$\n")
            .ShouldBe(["A b c d & a*b f http://g.h second i j x^2"]);

    [Test]
    public void Japanese_lines_are_joined_without_a_space() =>
        Read("東京は\n**日本**の\n首都").ShouldBe(["東京は日本の首都"]);

    [Test]
    public void Items_of_lists_are_read_in_order_and_their_further_paragraphs_too() =>
        Read("1. one\n   - two\n\n     more\n2. [ ] three\n\n> quote\n")
            .ShouldBe(["* one", "* two", "more", "* three", "quote"]);

    [Test]
    public void Code_keeps_its_lines() =>
        Read("```csharp\nif (x)\n\treturn;\n\n  y();\n```\n\n    indented\n      code\n")
            .ShouldBe(["if (x)\n    return;\n\n  y();", "indented\n  code"]);

    [Test]
    public void Code_has_no_control_characters() => Read("```\na\vb\b\u001bc\n```\n").ShouldBe(["abc"]);

    [Test]
    public void Rows_of_tables_have_their_headers() =>
        Read("| Name | Age |\n|---|--:|\n| *Sato* | 42 |\n| | 7 |\n").ShouldBe(["| Name: Sato; Age: 42", "| Age: 7"]);

    [Test]
    public void A_table_without_rows_leaves_its_headers() => Read("| a | b |\n|---|---|\n").ShouldBe(["| a; b"]);

    [Test]
    public void Comments_and_link_definitions_are_left_out() =>
        Read("<!-- secret -->\n\nText <!-- secret --> here [a].\n\n[a]: http://x\n").ShouldBe(["Text here a."]);

    [Test]
    public void HTML_within_is_read_as_HTML() =>
        Read(
                "<details><summary>More</summary>\n\n**text**\n\n</details>\n\n<h1 align=center>Top</h1>\n<script>x()</script>\n"
            )
            .ShouldBe(["More", "text", "# Top"]);

    [Test]
    public void Footnotes_and_definitions_are_paragraphs() =>
        Read("Text[^1].\n\n[^1]: Note.\n\nTerm\n: Meaning\n").ShouldBe(["Text.", "Term", "Meaning", "Note."]);

    [Test]
    public void Brackets_that_are_no_link_stay() => Read("a [b c] d [e ![f").ShouldBe(["a [b c] d [e ![f"]);

    [TestCase("---\ntitle: \"Front\"\ntags: [a]\n---\n# Heading\n", "Front")]
    [TestCase("---\ntags: [a]\n---\n# Heading\n", "Heading")]
    [TestCase("text\n\n## Heading\n", "Heading")]
    [TestCase("text\n", null)]
    public void The_title_is_that_of_the_front_matter_or_the_first_heading(string content, string? title)
    {
        var document = DocumentReading.Read(DocumentMediaTypes.Markdown, content);

        document.Title.ShouldBe(title);
        document.Outline().ShouldAllBe(block => !block.Contains("tags"));
    }

    [TestCase("> ")]
    [TestCase("- ")]
    public void Deep_nesting_is_too_large(string element) =>
        DocumentReading
            .Fail(DocumentMediaTypes.Markdown, string.Concat(Enumerable.Repeat(element, 2000)) + "x")
            .ShouldBe(DocumentError.TooLarge);

    [Test]
    public void A_long_table_is_read() =>
        Read("|a|\n|-|\n" + string.Concat(Enumerable.Repeat("|x|\n", 5000))).Length.ShouldBe(5000);

    [TestCase("")]
    [TestCase("<!-- only a comment -->")]
    [TestCase("---\ntitle: Front\n---\n")]
    public void A_file_without_text_is_named_as_such(string content) =>
        DocumentReading.Fail(DocumentMediaTypes.Markdown, content).ShouldBe(DocumentError.NoText);

    private static string[] Read(string content) =>
        DocumentReading.Read(DocumentMediaTypes.Markdown, content).Outline();
}
