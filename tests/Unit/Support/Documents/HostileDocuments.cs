using System.Text;
using QrAi.Application.Documents;

namespace QrAi.Tests.Unit.Support.Documents;

/// <summary>Sound documents of each format, and damaged and nested ones that come from a seed.</summary>
internal static class HostileDocuments
{
    private static readonly string[] Markdown =
    [
        "> ",
        "- ",
        "1. ",
        "*",
        "__",
        "[",
        "![",
        "](x)",
        "`",
        "```\n",
        "<div>",
        "</div>",
        "<br",
        "|",
        "|-|\n",
        "#",
        "\n",
        "    ",
        "~~",
        "$",
        "[^1]",
        ": ",
        "&amp",
        "---\n",
        "日本",
    ];

    private static readonly string[] Html =
    [
        "<div>",
        "<p>",
        "<table>",
        "<tr>",
        "<td rowspan=9999 colspan=9999>",
        "</table>",
        "<ul><li>",
        "<b>",
        "<a href=x>",
        "</a>",
        "</b>",
        "<svg>",
        "<math>",
        "<template>",
        "<select>",
        "<pre>",
        "<br>",
        "<!--",
        "<script>",
        "<title>",
        "</title>",
        "&#0;",
        "&#xD800;",
        "<form>",
        "<ruby>",
        "<h1>",
        "text 日本",
        "<frameset>",
        "<plaintext>",
        "<![CDATA[",
    ];

    private static readonly string[] Csv =
    [
        "\"",
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        "\"\"",
        "a",
        "日本",
        "1",
        "sep=",
        "|",
        "\0",
        " ",
    ];

    private static readonly string[] Text =
    [
        "\u001b$B",
        "\u001b(B",
        "\ufeff",
        "\0",
        "\u3000",
        "\n",
        "\f",
        "a",
        "日本",
        "\ud83d\ude00",
        "\u0301",
        " ",
    ];

    private static readonly string[] Word =
    [
        "w:p",
        "w:r",
        "w:t",
        "w:tbl",
        "w:tr",
        "w:tc",
        "w:txbxContent",
        "w:sdt",
        "w:sdtContent",
        "w:del",
        "w:rt",
        "w:footnote",
        "w:pPr",
        "w:rPr",
        "w:vMerge",
        "w:gridSpan w:val=\"99999999\"",
        "w:numId w:val=\"1\"",
        "w:vanish",
        "w:tblHeader",
        "w:outlineLvl w:val=\"-5\"",
        "mc:Fallback",
        "m:t",
        "w:br",
        "w:footnoteReference w:id=\"2\"",
    ];

    private static readonly string[] Pdf =
    [
        "q ",
        "Q ",
        "BT ",
        "ET ",
        "/F1 10 Tf ",
        "/J1 10 Tf ",
        "/V1 1e9 Tf ",
        "/None 10 Tf ",
        "(text) Tj ",
        "<65E5672C> Tj ",
        "[(a) -99999 (b)] TJ ",
        "72 700 Td ",
        "1 0 0 1 72 700 Tm ",
        "0 0 0 0 0 0 Tm ",
        "0 1 -1 0 99 99 cm ",
        "/Fm0 Do ",
        "T* ",
        "(x) ' ",
        "[",
        "]",
        "<<",
        ">>",
        "(",
        "BI /W 1 /H 1 ID x EI ",
        "0 0 9 9 re f ",
        "1 2 l ",
        "h ",
        "/Span << /ActualText (x) >> BDC ",
        "EMC ",
        "9e99 ",
        "-",
        "NaN ",
    ];

    /// <summary>A sound document of each format.</summary>
    public static IReadOnlyDictionary<string, byte[]> Sound { get; } =
        new Dictionary<string, byte[]>
        {
            [DocumentMediaTypes.PlainText] = Encoding.UTF8.GetBytes(
                "A text\nof two lines.\n\n　日本国憲法の前文。\n次の行。😀"
            ),
            [DocumentMediaTypes.Markdown] = Encoding.UTF8.GetBytes(
                "---\ntitle: x\n---\n# Head\n\n- *a* [b](c) `d`\n  > e\n\n|a|b|\n|-|-|\n|1|2|\n\n```\ncode\n```\n<p>html</p>\n\n日本[^1]\n\n[^1]: n"
            ),
            [DocumentMediaTypes.Html] = Encoding.UTF8.GetBytes(
                "<!doctype html><meta charset=utf-8><title>t</title><main><h1>h</h1><p>a<br>b &amp; 日本<ul><li>c</ul><table><tr><th>d<th>e<tr><td>f<td>g</table><pre>i\nj</pre></main>"
            ),
            [DocumentMediaTypes.Csv] = Encoding.UTF8.GetBytes("name;age\r\n\"Sato; \"\"Ken\"\"\";42\r\n鈴木;7\r\n"),
            [DocumentMediaTypes.Word] = WordFile.Of(
                WordFile.Paragraph("Head", "<w:pStyle w:val=\"H\"/>")
                    + $"<w:p>{WordFile.Run("text 日本")}<w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>"
                    + $"<w:tbl>{WordFile.Row("a", "b")}{WordFile.Row("1", "2")}</w:tbl>",
                "<w:style w:styleId=\"H\"><w:name w:val=\"heading 1\"/></w:style>",
                $"<w:footnote w:id=\"2\">{WordFile.Paragraph("note")}</w:footnote>",
                title: "t"
            ),
            [DocumentMediaTypes.Pdf] = new PdfFile
            {
                IsCompressed = true,
                Information = "/Title (t)",
                Objects =
                [
                    PdfFile.Stream(
                        Encoding.Latin1.GetBytes(PdfFile.Latin(72, 400, "form")),
                        isCompressed: true,
                        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> /XObject << /Fm0 20 0 R >> >>"
                    ),
                ],
                Resources = "/XObject << /Fm0 20 0 R >>",
            }
                .Page(PdfFile.Latin(72, 760, "Head", 20), PdfFile.Latin(72, 700, "A text."), "/Fm0 Do")
                .Page(PdfFile.Japanese(72, 700, "日本国憲法"), PdfFile.Japanese(500, 700, "縦書き", isVertical: true))
                .ToArray(),
        };

    /// <summary>A document that ends too early.</summary>
    public static byte[] Truncated(string mediaType, Random random) =>
        Sound[mediaType][..random.Next(Sound[mediaType].Length)];

    /// <summary>A document of which a few bits are flipped.</summary>
    public static byte[] Flipped(string mediaType, Random random)
    {
        var content = Sound[mediaType].ToArray();
        for (var flips = random.Next(1, 20); flips > 0; flips--)
            content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
        return content;
    }

    /// <summary>A document of elements within elements, which mostly do not belong there.</summary>
    public static byte[] Nested(string mediaType, Random random) =>
        mediaType switch
        {
            DocumentMediaTypes.PlainText => Encoding.UTF8.GetBytes(Repeated(Text, random)),
            DocumentMediaTypes.Markdown => Encoding.UTF8.GetBytes(Repeated(Markdown, random)),
            DocumentMediaTypes.Html => Encoding.UTF8.GetBytes(Repeated(Html, random)),
            DocumentMediaTypes.Csv => Encoding.UTF8.GetBytes(Repeated(Csv, random)),
            DocumentMediaTypes.Word => NestedWord(random),
            _ => random.Next(2) == 0 ? NestedPdfContent(random) : NestedPdfObjects(random),
        };

    /// <summary>Some of the elements, each repeated for some depth.</summary>
    private static string Repeated(string[] elements, Random random)
    {
        var content = new StringBuilder();
        for (var parts = random.Next(1, 12); parts > 0; parts--)
        {
            var chosen = string.Concat(random.GetItems(elements, random.Next(1, 4)));
            content.Insert(content.Length, chosen, random.Next(3) == 0 ? random.Next(1, 300) : random.Next(1, 6));
        }

        return content.ToString();
    }

    private static byte[] NestedWord(Random random)
    {
        var open = new List<string>();
        var body = new StringBuilder();
        for (var steps = random.Next(2, random.Next(2) == 0 ? 20 : 400); steps > 0; steps--)
            if (open.Count > 0 && random.Next(4) == 0)
            {
                body.Append("</").Append(open[^1].Split(' ')[0]).Append('>');
                open.RemoveAt(open.Count - 1);
            }
            else
            {
                open.Add(Word[random.Next(Word.Length)]);
                body.Append('<')
                    .Append(open[^1])
                    .Append('>')
                    .Append(random.Next(3) == 0 ? WordFile.Paragraph("x") : "");
            }

        for (var i = open.Count - 1; i >= 0; i--)
            body.Append("</").Append(open[i].Split(' ')[0]).Append('>');
        return WordFile.Of(body.ToString(), footnotes: random.Next(2) == 0 ? body.ToString() : "");
    }

    private static byte[] NestedPdfContent(Random random) =>
        new PdfFile
        {
            Objects =
            [
                PdfFile.Stream(
                    Encoding.Latin1.GetBytes(Repeated(Pdf, random)),
                    isCompressed: random.Next(2) == 0,
                    "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> /XObject << /Fm0 20 0 R >> >>"
                ),
            ],
            Resources = "/XObject << /Fm0 20 0 R >>",
        }
            .Page(Repeated(Pdf, random))
            .ToArray();

    private static byte[] NestedPdfObjects(Random random)
    {
        var depth = random.Next(1, 3000);
        var (open, close) = random.Next(3) switch
        {
            0 => ("[", "]"),
            1 => ("<< /Kids ", " >>"),
            _ => ("(", ")"),
        };
        var nested =
            string.Concat(Enumerable.Repeat(open, depth))
            + string.Concat(Enumerable.Repeat(close, random.Next(depth + 1)));
        return random.Next(3) switch
        {
            0 => new PdfFile { PageEntries = $"/Annots {nested}" }
                .Page(PdfFile.Latin(72, 700, "x"))
                .ToArray(),
            1 => new PdfFile { Information = $"/Title {nested}" }
                .Page(PdfFile.Latin(72, 700, "x"))
                .ToArray(),
            _ => new PdfFile { Objects = [nested], Resources = "/XObject 20 0 R /ExtGState 20 0 R" }
                .Page("/Fm0 Do")
                .ToArray(),
        };
    }
}
