using System.Globalization;
using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax.Inlines;

namespace QrAi.WebApp.Text;

/// <summary>Parses the markers of passages, such as <c>[1]</c>, outside code.</summary>
internal sealed class MarkerExtension : IMarkdownExtension
{
    public void Setup(MarkdownPipelineBuilder pipeline) =>
        pipeline.InlineParsers.InsertBefore<LinkInlineParser>(new MarkerParser());

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        if (renderer is HtmlRenderer html)
            html.ObjectRenderers.Add(new MarkerRenderer());
    }

    private sealed class MarkerParser : InlineParser
    {
        public MarkerParser() => OpeningCharacters = ['['];

        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            var number = 0;
            var length = 1;
            for (; length <= 2 && char.IsAsciiDigit(slice.PeekChar(length)); length++)
                number = number * 10 + slice.PeekChar(length) - '0';
            if (number == 0 || slice.PeekChar(length) != ']' || slice.PeekChar(length + 1) == '(')
                return false;
            processor.Inline = new MarkerInline(number);
            slice.Start += length + 1;
            return true;
        }
    }
}

/// <summary>A marker of a passage.</summary>
internal sealed class MarkerInline(int number) : LeafInline
{
    public int Number => number;
}

/// <summary>Renders markers as buttons, which the page's script handles.</summary>
internal sealed class MarkerRenderer : HtmlObjectRenderer<MarkerInline>
{
    protected override void Write(HtmlRenderer renderer, MarkerInline marker)
    {
        var number = marker.Number.ToString(CultureInfo.InvariantCulture);
        renderer
            .Write("<button type=\"button\" class=\"marker\" data-number=\"")
            .Write(number)
            .Write("\" aria-label=\"");
        renderer.WriteEscape(Texts.Of("SourceNumber", marker.Number));
        renderer.Write("\">").Write(number).Write("</button>");
    }
}
