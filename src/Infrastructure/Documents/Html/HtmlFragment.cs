using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using QrAi.Application.Documents;
using QrAi.Domain.Documents;

namespace QrAi.Infrastructure.Documents.Html;

/// <summary>Parses HTML within the limits.</summary>
internal static class HtmlFragment
{
    /// <summary>Reads the blocks of HTML within another format, such as Markdown.</summary>
    /// <param name="html">The HTML.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static IReadOnlyList<Block> Read(string html, DocumentLimits limits, CancellationToken cancellationToken)
    {
        var document = Parse(html, limits, cancellationToken);
        return HtmlBlocks.Of(document.Body!, limits, cancellationToken);
    }

    /// <summary>Parses an HTML document. Nothing that it refers to is loaded.</summary>
    /// <param name="html">The HTML.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellationToken">Stops parsing.</param>
    /// <exception cref="DocumentUnreadableException">If a limit is exceeded.</exception>
    public static IHtmlDocument Parse(string html, DocumentLimits limits, CancellationToken cancellationToken)
    {
        var elements = 0;
        AngleSharp.Dom.INode? previous = null;
        var parser = new HtmlParser(
            new HtmlParserOptions
            {
                SkipComments = true,
                SkipScriptText = true,
                DisableElementPositionTracking = true,
                OnCreated = (element, _) =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    // The parser has inserted the previous element by now. Its work grows with the square of the depth.
                    if (++elements > limits.Elements || IsDeeperThan(limits.Depth, previous))
                        throw new DocumentUnreadableException(DocumentError.TooLarge);
                    previous = element;
                },
            }
        );
        return parser.ParseDocument(html);
    }

    private static bool IsDeeperThan(int limit, AngleSharp.Dom.INode? node)
    {
        for (; node is not null; node = node.Parent)
            if (limit-- == 0)
                return true;
        return false;
    }
}
