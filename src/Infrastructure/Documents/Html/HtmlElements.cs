using System.Collections.Frozen;
using AngleSharp.Dom;

namespace QrAi.Infrastructure.Documents.Html;

/// <summary>What elements of HTML mean for the text of a page.</summary>
internal static class HtmlElements
{
    private static readonly FrozenSet<string> _withoutContent = FrozenSet.Create(
        "script style template noscript nav aside footer button select option textarea svg iframe object canvas audio"
            .Split(' ')
            .Concat("video dialog datalist rt rp head link meta map noembed noframes".Split(' '))
            .ToArray()
    );

    private static readonly FrozenSet<string> _rolesWithoutContent = FrozenSet.Create(
        "navigation",
        "banner",
        "contentinfo",
        "complementary",
        "search",
        "menu",
        "dialog"
    );

    private static readonly FrozenSet<string> _blocks = FrozenSet.Create(
        "address article blockquote body caption center dd details dir div dl dt fieldset figcaption figure form h1 h2 h3 h4"
            .Split(' ')
            .Concat(
                "h5 h6 header hgroup hr legend li main menu ol p pre section summary table tbody td tfoot th".Split(' ')
            )
            .Concat("thead tr ul xmp listing plaintext".Split(' '))
            .ToArray()
    );

    /// <summary>Whether an element begins and ends a block.</summary>
    /// <param name="element">The element.</param>
    public static bool IsBlock(IElement element) => _blocks.Contains(element.LocalName);

    /// <summary>Whether the lines of an element are kept.</summary>
    /// <param name="element">The element.</param>
    public static bool IsCode(IElement element) => element.LocalName is "pre" or "xmp" or "listing" or "plaintext";

    /// <summary>Returns the level of a heading; 0 for other elements.</summary>
    /// <param name="element">The element.</param>
    public static int HeadingLevel(IElement element) =>
        element.LocalName is ['h', >= '1' and <= '6' and var level] ? level - '0' : 0;

    /// <summary>Whether an element has nothing to read: it is hidden, or no part of the content.</summary>
    /// <param name="element">The element.</param>
    public static bool IsSkipped(IElement element) =>
        _withoutContent.Contains(element.LocalName)
        || element.LocalName == "header" && IsOfPage(element)
        || element.HasAttribute("hidden")
        || element.GetAttribute("aria-hidden") == "true"
        || element.GetAttribute("role") is { } role && _rolesWithoutContent.Contains(role)
        || element.GetAttribute("style") is { } style && IsHidden(style);

    private static bool IsHidden(string style)
    {
        var rules = style.Replace(" ", "", StringComparison.Ordinal);
        return rules.Contains("display:none", StringComparison.OrdinalIgnoreCase)
            || rules.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
    }

    // The header of an article has its title; that of a page has its logo and navigation.
    private static bool IsOfPage(IElement header)
    {
        for (var parent = header.ParentElement; parent is not null; parent = parent.ParentElement)
            if (parent.LocalName is "article" or "main" or "section")
                return false;
        return true;
    }
}
