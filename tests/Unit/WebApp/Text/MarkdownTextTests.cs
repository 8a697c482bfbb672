using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using QrAi.WebApp.Text;

namespace QrAi.Tests.Unit.WebApp.Text;

[SetUICulture("en-US")]
public sealed class MarkdownTextTests
{
    private static readonly string[] _elements =
    [
        "a",
        "blockquote",
        "br",
        "button",
        "code",
        "del",
        "div",
        "em",
        "h2",
        "h3",
        "hr",
        "input",
        "ins",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];

    [TestCase("<script>alert(1)</script>")]
    [TestCase("<img src=x onerror=alert(1)>")]
    [TestCase("a <b onclick=\"alert(1)\">b</b> c")]
    [TestCase("<!-- --><iframe src=\"https://evil.test\"></iframe>")]
    [TestCase("<svg><script>alert(1)</script></svg>")]
    [TestCase("```\"><script>alert(1)</script>\ncode\n```")]
    [TestCase("[a](<https://good.test/\"onmouseover=\"alert(1)>)")]
    [TestCase("[a](https://good.test \"\\\" onmouseover=alert(1) \\\"\")")]
    [TestCase("![<b>](https://good.test/\"onerror=\"alert(1))")]
    [TestCase("| <script> |\n| --- |\n| <img src=x onerror=alert(1)> |")]
    [TestCase("# <style>*{}</style>")]
    [TestCase("<https://good.test/\"><script>alert(1)</script>>")]
    public void Html_in_a_text_stays_text(string markdown)
    {
        var body = Render(markdown);

        foreach (var element in body.QuerySelectorAll("*"))
        {
            _elements.ShouldContain(element.LocalName);
            element.Attributes.ShouldNotContain(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal));
        }
    }

    [TestCase("[a](javascript:alert(1))")]
    [TestCase("[a](JaVaScRiPt:alert(1))")]
    [TestCase("[a](&#106;avascript:alert(1))")]
    [TestCase("[a](java&Tab;script:alert(1))")]
    [TestCase("[a](\u0001javascript:alert(1))")]
    [TestCase("[a](data:text/html,<script>alert(1)</script>)")]
    [TestCase("![a](data:image/svg+xml,<svg/>)")]
    [TestCase("[a](vbscript:x)")]
    [TestCase("[a](file:///etc/passwd)")]
    [TestCase("[a](//evil.test/x)")]
    [TestCase("[a](/api/sessions)")]
    [TestCase("[a](x)")]
    [TestCase("[a][b]\n\n[b]: javascript:alert(1)")]
    [TestCase("<javascript:alert(1)>")]
    [TestCase("<data:text/html,x>")]
    [TestCase("ftp://host.test/a")]
    [TestCase("tel:+123")]
    public void An_address_that_is_not_http_https_or_mailto_is_no_link(string markdown)
    {
        var body = Render(markdown);

        body.QuerySelectorAll("[href], [src]").ShouldBeEmpty();
        body.TextContent.Trim().ShouldNotBeEmpty();
    }

    [TestCase("[a](https://good.test/x?a=b&c=d)", "https://good.test/x?a=b&c=d")]
    [TestCase("[a](http://good.test)", "http://good.test")]
    [TestCase("[a](mailto:a@good.test)", "mailto:a@good.test")]
    [TestCase("<https://good.test/x>", "https://good.test/x")]
    [TestCase("<a@good.test>", "mailto:a@good.test")]
    [TestCase("see https://good.test/x now", "https://good.test/x")]
    [TestCase("[a][b]\n\n[b]: https://good.test/x", "https://good.test/x")]
    public void A_link_opens_elsewhere_without_telling_from_where(string markdown, string address)
    {
        var link = Render(markdown).QuerySelectorAll("a").ShouldHaveSingleItem();

        link.GetAttribute("href").ShouldBe(address);
        link.GetAttribute("target").ShouldBe("_blank");
        link.GetAttribute("rel").ShouldBe("noopener noreferrer");
    }

    [Test]
    public void An_image_is_a_link_so_that_nothing_is_loaded()
    {
        var body = Render("![a cat](https://good.test/cat.png) ![](https://good.test/dog.png)");

        body.QuerySelectorAll("img").ShouldBeEmpty();
        body.QuerySelectorAll("a")
            .Select(link => (link.GetAttribute("href"), link.TextContent))
            .ShouldBe([
                ("https://good.test/cat.png", "a cat"),
                ("https://good.test/dog.png", "https://good.test/dog.png"),
            ]);
    }

    [Test]
    public void The_text_of_a_refused_link_keeps_its_order()
    {
        Render("x [a **b** c](javascript:y) z").TextContent.Trim().ShouldBe("x a b c z");
    }

    [Test]
    public void A_marker_is_a_button_with_the_number_of_its_source()
    {
        var markers = Render("Three days [1]. Or [2][12].").QuerySelectorAll("button.marker");

        markers.Select(marker => marker.GetAttribute("data-number")).ShouldBe(["1", "2", "12"]);
        markers[0].GetAttribute("aria-label").ShouldBe("Source 1");
        markers[0].TextContent.ShouldBe("1");
    }

    [TestCase("`a[1]`")]
    [TestCase("```\na[1]\n```")]
    [TestCase("    a[1]")]
    [TestCase("[0]")]
    [TestCase("[100]")]
    [TestCase("[ 1]")]
    [TestCase("[1](https://good.test)")]
    [TestCase("\\[1]")]
    [TestCase("[1")]
    public void What_is_no_marker_stays_as_it_is(string markdown)
    {
        Render(markdown).QuerySelectorAll(".marker").ShouldBeEmpty();
    }

    [Test]
    public void Code_has_a_button_to_copy_it()
    {
        var code = Render("```csharp\nvar a = 1 < 2;\n```").QuerySelector(".code").ShouldNotBeNull();

        code.QuerySelector("button.copy").ShouldNotBeNull().TextContent.ShouldBe("Copy");
        code.QuerySelector("pre code").ShouldNotBeNull().TextContent.ShouldBe("var a = 1 < 2;\n");
    }

    [Test]
    public void A_table_is_rendered_with_its_cells()
    {
        var body = Render("| City | Yen |\n| --- | ---: |\n| 東京 | **300** |");

        body.QuerySelectorAll("th").Select(cell => cell.TextContent).ShouldBe(["City", "Yen"]);
        body.QuerySelectorAll("td").Select(cell => cell.TextContent).ShouldBe(["東京", "300"]);
    }

    [Test]
    public void Any_beginning_of_a_text_can_be_rendered()
    {
        const string Text =
            "# A\n\n- [x] b [1]\n\n```cs\nvar\n```\n\n| a |\n| - |\n| [c](https://good.test) |\n\n![d](<e";

        for (var length = 0; length <= Text.Length; length++)
            Should.NotThrow(() => Render(Text[..length]));
    }

    [TestCase("# One\n## Two\n# Three", "H2 H3 H2")]
    [TestCase("### One\n##### Two", "H2 H3")]
    [TestCase("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", "H2 H3 H4 H5 H6 H6")]
    public void Headings_have_the_levels_below_the_title_of_the_page_without_gaps(string markdown, string levels)
    {
        string.Join(' ', Render(markdown).QuerySelectorAll("h1,h2,h3,h4,h5,h6").Select(heading => heading.TagName))
            .ShouldBe(levels);
    }

    [Test]
    public void A_marker_before_a_colon_is_a_marker()
    {
        Render("It is so [1]: always.").QuerySelectorAll("button.marker").Length.ShouldBe(1);
    }

    [Test]
    public void Tasks_have_labels_and_code_is_reached_by_keyboard()
    {
        Render("- [x] a\n- [ ] b")
            .QuerySelectorAll("input")
            .Select(task => task.GetAttribute("aria-label"))
            .ShouldBe(["Done", "Open"]);
        Render("```\ncode\n```").QuerySelector("pre")!.GetAttribute("tabindex").ShouldBe("0");
    }

    private static IElement Render(string markdown) =>
        new HtmlParser().ParseDocument(MarkdownText.ToHtml(markdown)).Body!;
}
