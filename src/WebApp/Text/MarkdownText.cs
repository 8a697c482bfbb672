using Markdig;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace QrAi.WebApp.Text;

/// <summary>
/// Renders the Markdown of answers as HTML that cannot act: HTML in it is text, links lead to http, https and mailto only, and
/// images are links, so that nothing is loaded from elsewhere.
/// </summary>
public static class MarkdownText
{
    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseTaskLists()
        .UseAutoLinks()
        .UseEmphasisExtras()
        .Use<MarkerExtension>()
        .Build();

    private static readonly string[] _schemes = [Uri.UriSchemeHttp, Uri.UriSchemeHttps, Uri.UriSchemeMailto];

    /// <summary>Renders a text.</summary>
    /// <param name="markdown">The text.</param>
    public static string ToHtml(string markdown)
    {
        var document = Markdown.Parse(markdown, _pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToList())
            MakeSafe(link);
        foreach (var task in document.Descendants<TaskList>())
            task.GetAttributes().AddProperty("aria-label", Texts.Of(task.Checked ? "TaskDone" : "TaskOpen"));
        PlaceHeadings(document);
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        _pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new CopyableCodeRenderer());
        renderer.ObjectRenderers.Replace<AutolinkInlineRenderer>(new SafeAutolinkRenderer());
        renderer.Render(document);
        return writer.ToString();
    }

    /// <summary>Whether an address may be linked to.</summary>
    internal static bool IsSafe(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && _schemes.Contains(address.Scheme);

    /// <summary>Gives the headings the levels below the title of the page, without gaps.</summary>
    private static void PlaceHeadings(MarkdownDocument document)
    {
        var headings = document.Descendants<HeadingBlock>().ToList();
        var levels = headings.Select(heading => heading.Level).Distinct().Order().ToList();
        foreach (var heading in headings)
            heading.Level = Math.Min(levels.IndexOf(heading.Level) + 2, 6);
    }

    private static void MakeSafe(LinkInline link)
    {
        var isSafe = IsSafe(link.Url);
        if (link.IsImage && link.FirstChild is null)
            link.AppendChild(new LiteralInline(link.Url ?? ""));
        link.IsImage = false;
        if (isSafe)
        {
            link.GetAttributes().AddProperty("target", "_blank");
            link.GetAttributes().AddProperty("rel", "noopener noreferrer");
            return;
        }

        // Only the text of the link stays.
        while (link.FirstChild is { } child)
        {
            child.Remove();
            link.InsertBefore(child);
        }

        link.Remove();
    }

    private sealed class SafeAutolinkRenderer : HtmlObjectRenderer<AutolinkInline>
    {
        protected override void Write(HtmlRenderer renderer, AutolinkInline link)
        {
            var url = link.IsEmail ? $"mailto:{link.Url}" : link.Url;
            if (!IsSafe(url))
            {
                renderer.WriteEscape(link.Url);
                return;
            }

            renderer.Write("<a target=\"_blank\" rel=\"noopener noreferrer\" href=\"").WriteEscapeUrl(url).Write("\">");
            renderer.WriteEscape(link.Url).Write("</a>");
        }
    }

    private sealed class CopyableCodeRenderer : CodeBlockRenderer
    {
        public CopyableCodeRenderer() => OutputAttributesOnPre = true;

        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            renderer.Write("<div class=\"code\"><button type=\"button\" class=\"copy\">");
            renderer.WriteEscape(Texts.Of("Copy")).Write("</button>");
            block.GetAttributes().AddProperty("tabindex", "0"); // long lines are scrolled by keyboard
            base.Write(renderer, block);
            renderer.Write("</div>");
        }
    }
}
